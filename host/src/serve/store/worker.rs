//! The thread that owns the connection.
//!
//! Two kinds of work arrive: audit records, which are answered when they outlive a crash, and
//! everything else, each a transaction of its own. Records that wait together are committed
//! together: one commit costs the same for one and for hundreds, and while it is on its way the
//! next ones gather. Work keeps its order, except that records never wait for each other.

use super::{Place, Sql, open};
use crate::errors::{self, Problem};
use crate::serve::audit::{Book, Draft, Receipt};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Most records of one commit.
const MOST: usize = 2048;
/// Work that may wait; beyond it a request is refused instead of kept.
const QUEUE: usize = 16_384;
/// How long the thread sleeps when there is nothing to do.
const IDLE: Duration = Duration::from_millis(500);

type Job = Box<dyn FnOnce(&mut dyn Sql, &mut Book) + Send>;

enum Message {
    Append(Draft, oneshot::Sender<Result<Receipt, Problem>>),
    Job(Job),
    Stop(oneshot::Sender<()>),
}

/// A handle; cheap to clone.
#[derive(Clone)]
pub struct Store {
    sender: mpsc::SyncSender<Message>,
}

impl Store {
    /// Starts the thread, which opens the database (PostgreSQL's client cannot be opened on a thread
    /// that drives requests), and waits until it is open.
    pub fn start(
        place: Place,
        make: impl FnOnce(&mut dyn Sql) -> Result<Book, Problem> + Send + 'static,
    ) -> Result<Self, Problem> {
        let (sender, receiver) = mpsc::sync_channel(QUEUE);
        let (opened, opening) = mpsc::channel();
        std::thread::Builder::new()
            .name("riegel-store".to_owned())
            .spawn(move || {
                let open = open(&place).and_then(|mut sql| Ok((make(&mut *sql)?, sql)));
                let (book, sql) = match open {
                    Ok(open) => open,
                    Err(problem) => {
                        let _ = opened.send(Err(problem));
                        return;
                    }
                };
                let _ = opened.send(Ok(()));
                let thread = Thread {
                    place,
                    sql: Some(sql),
                    book,
                };
                thread.run(&receiver);
            })
            .map_err(|_| gone())?;
        opening.recv().map_err(|_| gone())??;
        Ok(Store { sender })
    }

    /// Writes an audit record; answered when it is safe.
    pub async fn append(&self, draft: Draft) -> Result<Receipt, Problem> {
        let (sender, answer) = oneshot::channel();
        self.sender
            .try_send(Message::Append(draft, sender))
            .map_err(|_| busy())?;
        answer.await.map_err(|_| unasked())?
    }

    /// Reads something as of one moment.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Sql) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |sql, _| {
            let _ = sender.send(super::reading(sql, work));
        });
        self.sender
            .try_send(Message::Job(job))
            .map_err(|_| busy())?;
        answer.await.map_err(|_| unasked())?
    }

    /// Runs something as one transaction, with audit records that belong to it.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Sql, &mut Book) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |sql, book| {
            let mark = book.mark();
            let done = super::whole(sql, |sql| {
                let out = work(sql, book)?;
                book.flush(sql)?;
                Ok(out)
            });
            if done.is_err() {
                book.back_to(mark);
            }
            // Whoever asked may have left.
            let _ = sender.send(done);
        });
        self.sender
            .try_send(Message::Job(job))
            .map_err(|_| busy())?;
        answer.await.map_err(|_| unasked())?
    }

    /// Writes the last checkpoints and ends the thread.
    pub async fn stop(&self) {
        let (sender, answer) = oneshot::channel();
        if self.sender.try_send(Message::Stop(sender)).is_ok() {
            let _ = answer.await;
        }
    }
}

fn gone() -> Problem {
    Problem::new(&errors::STORE, "the store has stopped").help("start the host again")
}

/// The work was dropped, because there was no database to do it.
fn unasked() -> Problem {
    Problem::new(&errors::STORE, "the store could not be asked")
        .help("try again in a moment; check the disk or the database if it stays")
}

fn busy() -> Problem {
    Problem::new(&errors::STORE, "the store does not keep up")
        .help("try again in a moment; check the disk or the database if it stays")
}

struct Thread {
    place: Place,
    sql: Option<Box<dyn Sql>>,
    book: Book,
}

impl Thread {
    fn run(mut self, receiver: &mpsc::Receiver<Message>) {
        let mut next = None;
        loop {
            let message = match next.take() {
                Some(message) => message,
                None => match receiver.recv_timeout(IDLE) {
                    Ok(message) => message,
                    Err(RecvTimeoutError::Timeout) => {
                        self.checkpoints(false);
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => {
                        self.checkpoints(true);
                        return;
                    }
                },
            };
            match message {
                Message::Append(draft, sender) => {
                    let mut waiting = vec![(draft, sender)];
                    while waiting.len() < MOST {
                        match receiver.try_recv() {
                            Ok(Message::Append(draft, sender)) => waiting.push((draft, sender)),
                            Ok(other) => {
                                next = Some(other);
                                break;
                            }
                            Err(_) => break,
                        }
                    }
                    self.append(waiting);
                }
                Message::Job(job) => self.job(job),
                Message::Stop(sender) => {
                    self.checkpoints(true);
                    let _ = sender.send(());
                    return;
                }
            }
            self.checkpoints(false);
        }
    }

    fn append(&mut self, waiting: Vec<(Draft, oneshot::Sender<Result<Receipt, Problem>>)>) {
        let (drafts, senders): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        let done = self.attempt(|sql, book| {
            super::whole(sql, |sql| {
                let receipts: Result<Vec<_>, _> = drafts
                    .into_iter()
                    .map(|draft| book.add(sql, draft))
                    .collect();
                book.flush(sql)?;
                receipts
            })
        });
        match done {
            Ok(receipts) => {
                for (sender, receipt) in senders.into_iter().zip(receipts) {
                    let _ = sender.send(Ok(receipt));
                }
            }
            Err(problem) => {
                for sender in senders {
                    let _ = sender.send(Err(problem.clone()));
                }
            }
        }
    }

    /// Whether a commit that failed was taken is not known; so whatever went wrong, this writer
    /// begins new chains, and the connection is made anew.
    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut dyn Sql, &mut Book) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut sql = match self.sql.take() {
            Some(sql) => sql,
            None => open(&self.place)?,
        };
        let done = work(&mut *sql, &mut self.book);
        match &done {
            Ok(_) => self.sql = Some(sql),
            Err(_) => self.book.begin_anew(),
        }
        done
    }

    fn job(&mut self, job: Job) {
        let mut sql = match self.sql.take().map_or_else(|| open(&self.place), Ok) {
            Ok(sql) => sql,
            // The job is dropped, and whoever waits for it hears that the store has stopped.
            Err(_) => return,
        };
        job(&mut *sql, &mut self.book);
        if sql
            .rows("SELECT value FROM meta WHERE name = 'version'", &[])
            .is_ok()
        {
            self.sql = Some(sql);
        } else {
            self.book.begin_anew();
        }
    }

    fn checkpoints(&mut self, last: bool) {
        if !self.book.checkpoint_is_due(Instant::now(), last) {
            return;
        }
        // It is tried again at the next occasion.
        let _ = self.attempt(|sql, book| super::whole(sql, |sql| book.checkpoint(sql)));
    }
}
