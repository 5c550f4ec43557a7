//! The victim's side: which scene it plays, and how it talks to the test that watches.

use std::{
    io::{self, Write},
    path::PathBuf,
    process,
    str::FromStr,
    sync::mpsc::{self, Receiver},
    thread,
};

/// Set in a victim: the name of its scene in the first line, then `key=value` lines.
pub(crate) const SCRIPT: &str = "CHRONOLOGIX_FAULTS_SCRIPT";

/// Begins the lines that are meant for the test. The harness prints others.
pub(crate) const MARK: &str = "> ";

/// What a victim is to do.
pub(crate) struct Script {
    text: String,
    /// What the test says.
    pub(crate) cues: Receiver<String>,
}

impl Script {
    fn given() -> Option<Self> {
        let text = std::env::var(SCRIPT).ok()?;
        let (send, cues) = mpsc::channel();
        thread::spawn(move || {
            for line in io::stdin().lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
            // The test is gone: nobody would end this process.
            process::exit(3);
        });
        let script = Self { text, cues };
        script.say(&format!("pid {}", process::id()));
        Some(script)
    }

    /// The value of a key, if it is set; what was set last counts.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        let pairs = self.text.lines().filter_map(|line| line.split_once('='));
        pairs
            .rev()
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value)
    }

    /// The value of a key, or the default of its type.
    pub(crate) fn number<T: FromStr + Default>(&self, key: &str) -> T {
        let value = self.text(key).map(str::parse::<T>);
        value.map_or_else(T::default, |value| value.ok().unwrap())
    }

    pub(crate) fn path(&self, key: &str) -> PathBuf {
        self.text(key).unwrap().into()
    }

    /// Says a line to the test.
    #[expect(clippy::unused_self, reason = "only who has a script is listened to")]
    pub(crate) fn say(&self, line: &str) {
        say(line);
    }

    /// Waits for this word from the test.
    pub(crate) fn wait_for(&self, cue: &str) {
        while self.cues.recv().unwrap() != cue {}
    }
}

/// Says a line to the test, from wherever.
pub(crate) fn say(line: &str) {
    // If nobody listens any more, the end of the input tells.
    let _ = io::stdout().write_all(format!("{MARK}{line}\n").as_bytes());
}

#[test]
fn plays() {
    let Some(script) = Script::given() else {
        return;
    };
    match script.text.lines().next().unwrap() {
        "crowd" => crate::crowd::play(&script),
        "hostile" => crate::hostile::play(&script),
        "many_streams" => crate::streams::play_many(&script),
        "slow_disk" => crate::streams::play_slow(&script),
        "frozen" => crate::frozen::play(&script),
        "threads" => crate::threads::play(&script),
        "zone" => crate::zones::play(&script),
        "statements" => crate::statements::play(&script),
        "hooks" => crate::hooks::play(&script),
        unknown => panic!("no scene {unknown:?}"),
    }
}
