//! Questions at a terminal: numbered choices and short texts, asked again until the answer fits.

use crate::cli::Stop;
use crate::cli::console::{BOLD, Console, styled};
use crate::errors::Problem;
use std::io::BufRead;

/// How an answer came, or did not.
#[derive(Debug, PartialEq)]
pub enum Said<T> {
    /// Somebody answered.
    Answer(T),
    /// There is nobody to ask.
    Nobody,
    /// The input ended.
    Stopped,
}

/// Asks where there is somebody to ask.
pub struct Asker<'a> {
    lines: Option<&'a mut dyn BufRead>,
    console: &'a Console,
}

impl<'a> Asker<'a> {
    /// `None`: nobody is there.
    pub fn new(lines: Option<&'a mut dyn BufRead>, console: &'a Console) -> Self {
        Asker { lines, console }
    }

    /// One of several, by its number; an empty line is the one that is marked.
    pub fn choose<T: Copy>(
        &mut self,
        question: &str,
        all: &[(&str, T)],
        usual: usize,
    ) -> Result<Said<T>, Stop> {
        self.until(&listed(question, all, &[usual]), |line| {
            let number = match line {
                "" => Some(usual),
                line => line.parse::<usize>().ok().and_then(|n| n.checked_sub(1)),
            };
            let chosen = number.and_then(|number| all.get(number));
            Ok(chosen.map(|(_, value)| *value))
        })
    }

    /// Any of several, by their numbers; an empty line is those that are marked, `0` none.
    pub fn several<T: Copy + PartialEq>(
        &mut self,
        question: &str,
        all: &[(&str, T)],
        usual: &[T],
    ) -> Result<Said<Vec<T>>, Stop> {
        let marked: Vec<usize> = (0..all.len())
            .filter(|at| all.get(*at).is_some_and(|(_, value)| usual.contains(value)))
            .collect();
        self.until(&listed(question, all, &marked), |line| {
            if line.is_empty() {
                return Ok(Some(usual.to_vec()));
            }
            if line == "0" {
                return Ok(Some(Vec::new()));
            }
            let numbers = line.split([',', ' ']).filter(|word| !word.is_empty());
            let values = numbers.map(|word| {
                let number = word.parse::<usize>().ok()?.checked_sub(1)?;
                all.get(number).map(|(_, value)| *value)
            });
            Ok(values.collect())
        })
    }

    /// A text that `read` understands.
    pub fn text<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> Result<T, Problem>,
    ) -> Result<Said<T>, Stop> {
        let question = format!("\n{}\n> ", styled(BOLD, question));
        self.until(&question, |line| read(line).map(Some))
    }

    /// Yes, in either language.
    pub fn agrees(&mut self, question: &str) -> Result<bool, Stop> {
        let said = self.until(question, |line| {
            Ok(Some(matches!(
                line.to_lowercase().as_str(),
                "j" | "ja" | "y" | "yes"
            )))
        })?;
        Ok(said == Said::Answer(true))
    }

    fn until<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> Result<Option<T>, Problem>,
    ) -> Result<Said<T>, Stop> {
        let Some(lines) = &mut self.lines else {
            return Ok(Said::Nobody);
        };
        loop {
            self.console.print(question)?;
            let mut line = String::new();
            match lines.read_line(&mut line) {
                Ok(0) | Err(_) => return Ok(Said::Stopped),
                Ok(_) => {}
            }
            match read(line.trim()) {
                Ok(Some(answer)) => return Ok(Said::Answer(answer)),
                Ok(None) => {}
                Err(problem) => self.console.problem(&problem),
            }
        }
    }
}

fn listed<T>(question: &str, all: &[(&str, T)], marked: &[usize]) -> String {
    let lines = all.iter().enumerate().map(|(at, (name, _))| {
        let mark = if marked.contains(&at) { '*' } else { ' ' };
        format!("  {mark} {:>2}  {name}\n", at + 1)
    });
    format!(
        "\n{}\n{}> ",
        styled(BOLD, question),
        lines.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn asked<T>(input: &str, ask: impl Fn(&mut Asker<'_>) -> Result<Said<T>, Stop>) -> Said<T> {
        let console = Console::new(anstream::ColorChoice::Never);
        let mut lines = input.as_bytes();
        let said = ask(&mut Asker::new(Some(&mut lines), &console));
        said.ok().unwrap()
    }

    #[test]
    fn a_choice_is_asked_again_until_it_fits() {
        let all = [("one", 1), ("two", 2)];
        let choose = |asker: &mut Asker<'_>| asker.choose("?", &all, 0);
        assert_eq!(asked("nine\n0\n3\n 2 \n", choose), Said::Answer(2));
        assert_eq!(asked("\n", choose), Said::Answer(1));
        assert_eq!(asked("nine\n", choose), Said::Stopped);
        let console = Console::new(anstream::ColorChoice::Never);
        let nobody = Asker::new(None, &console).choose("?", &all, 0);
        assert_eq!(nobody.ok().unwrap(), Said::Nobody);
    }

    #[test]
    fn several_are_chosen_by_their_numbers() {
        let all = [("one", 1), ("two", 2), ("three", 3)];
        let several = |asker: &mut Asker<'_>| asker.several("?", &all, &[2]);
        assert_eq!(asked("1,9\n1, 3\n", several), Said::Answer(vec![1, 3]));
        assert_eq!(asked("\n", several), Said::Answer(vec![2]));
        assert_eq!(asked("0\n", several), Said::Answer(Vec::new()));
    }
}
