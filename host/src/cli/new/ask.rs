//! Questions at a terminal: numbered choices and short texts, asked again, with a word why, until the
//! answer fits.

use crate::cli::Stop;
use crate::cli::console::{BOLD, Console, styled};
use crate::cli::decide::words::Lang;
use crate::cli::text::one_line;
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
    lang: Option<Lang>,
}

impl<'a> Asker<'a> {
    /// `None`: nobody is there.
    pub fn new(lines: Option<&'a mut dyn BufRead>, console: &'a Console) -> Self {
        Asker {
            lines,
            console,
            lang: None,
        }
    }

    /// The language that was chosen; before, both are spoken.
    pub fn speaks(&mut self, lang: Lang) {
        self.lang = Some(lang);
    }

    /// One of several, by its number or its name; an empty line is the one that is marked.
    pub fn choose<T: Copy>(
        &mut self,
        question: &str,
        all: &[(&str, T)],
        usual: usize,
    ) -> Result<Said<T>, Stop> {
        let why = self.no_such_number(all.len(), false);
        self.until(&listed(question, all, &[usual]), |line| {
            let at = match line {
                "" => Some(usual),
                line => place(line, all),
            };
            let chosen = at.and_then(|at| all.get(at));
            chosen.map(|(_, value)| *value).ok_or_else(|| why.clone())
        })
    }

    fn no_such_number(&self, last: usize, several: bool) -> String {
        let de = match several {
            false => format!("Bitte eine Zahl von 1 bis {last}; leer: was mit * markiert ist."),
            true => format!(
                "Bitte Zahlen von 1 bis {last}, mit Komma getrennt; 0: keine; leer: was mit * markiert ist."
            ),
        };
        let en = match several {
            false => format!("A number from 1 to {last}, please; empty: what is marked with *."),
            true => format!(
                "Numbers from 1 to {last}, please, separated by commas; 0: none; empty: what is marked with *."
            ),
        };
        self.said(&de, &en)
    }

    fn said(&self, de: &str, en: &str) -> String {
        match self.lang {
            Some(lang) => lang.pick(de, en).to_owned(),
            None => format!("{de}\n{en}"),
        }
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
        let why = self.no_such_number(all.len(), true);
        self.until(&listed(question, all, &marked), |line| {
            if line.is_empty() {
                return Ok(usual.to_vec());
            }
            if line == "0" {
                return Ok(Vec::new());
            }
            let words = line.split([',', ' ']).filter(|word| !word.is_empty());
            let values = words.map(|word| all.get(place(word, all)?).map(|(_, value)| *value));
            let values: Option<Vec<T>> = values.collect();
            values.ok_or_else(|| why.clone())
        })
    }

    /// A text that `read` understands.
    pub fn text<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> Result<T, Problem>,
    ) -> Result<Said<T>, Stop> {
        let question = format!("\n{}\n> ", styled(BOLD, question));
        self.until(&question, |line| {
            read(line).map_err(|problem| {
                let help = problem.help.map(|help| format!(": {help}"));
                format!("{}{}.", problem.message, help.unwrap_or_default())
            })
        })
    }

    /// Yes or no, in either language; an empty line is no.
    pub fn agrees(&mut self, question: &str) -> Result<bool, Stop> {
        let why = self.said("Bitte j oder n; leer: nein.", "y or n, please; empty: no.");
        let said = self.until(question, |line| match line.to_lowercase().as_str() {
            "j" | "ja" | "y" | "yes" => Ok(true),
            "" | "n" | "nein" | "no" => Ok(false),
            _ => Err(why.clone()),
        })?;
        Ok(said == Said::Answer(true))
    }

    fn until<T>(
        &mut self,
        question: &str,
        read: impl Fn(&str) -> Result<T, String>,
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
                Ok(answer) => return Ok(Said::Answer(answer)),
                Err(why) => {
                    let lines = why.lines().map(|line| format!("  {}\n", one_line(line)));
                    self.console.print(&lines.collect::<String>())?;
                }
            }
        }
    }
}

/// The place of what a line names: its number, or its name up to a colon, in any case.
fn place<T>(line: &str, all: &[(&str, T)]) -> Option<usize> {
    if let Ok(number) = line.parse::<usize>() {
        return number.checked_sub(1).filter(|at| *at < all.len());
    }
    let line = line.to_lowercase();
    all.iter().position(|(name, _)| {
        let name = name.to_lowercase();
        name == line || name.split_once(':').is_some_and(|(id, _)| id == line)
    })
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
        assert_eq!(asked("TWO\n", choose), Said::Answer(2));
        assert_eq!(asked("nine\n", choose), Said::Stopped);
        let console = Console::new(anstream::ColorChoice::Never);
        let nobody = Asker::new(None, &console).choose("?", &all, 0);
        assert_eq!(nobody.ok().unwrap(), Said::Nobody);
    }

    #[test]
    fn a_yes_is_a_yes_and_an_empty_line_none() {
        let agrees = |input: &str| {
            asked(input, |asker| {
                asker.speaks(Lang::De);
                asker.agrees("?").map(Said::Answer)
            })
        };
        for (input, said) in [
            ("ja\n", true),
            ("\n", false),
            ("vielleicht\ny\n", true),
            ("NEIN\n", false),
            ("", false),
        ] {
            assert_eq!(agrees(input), Said::Answer(said), "{input}");
        }
        let console = Console::new(anstream::ColorChoice::Never);
        let mut asker = Asker::new(None, &console);
        assert!(
            asker.no_such_number(4, false).contains('\n'),
            "both languages"
        );
        asker.speaks(Lang::De);
        assert_eq!(
            asker.no_such_number(4, false),
            "Bitte eine Zahl von 1 bis 4; leer: was mit * markiert ist."
        );
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
