//! Processes of several versions of a program log to one tree and are killed: each line that is
//! there has its statement in the catalogue, and the catalogue has each statement of a version
//! once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    time::{Duration, Instant},
};

use chronologix::{
    __private::{Callsite, Formatted, SourceFile, submit},
    Config, Statement, StreamConfig,
};

use crate::{
    lines::folders,
    rounds::{self, Dice},
    script::Script,
    tally::Tally,
    victim::Casting,
};

const PROCESSES: u64 = 8;
const VERSIONS: u64 = 3;
/// The statements of a version. Half of them have the same text in all versions.
const STATEMENTS: u64 = 1_000;

/// Where all statements stand.
static FILE: SourceFile = SourceFile {
    module: "victim::orders",
    path: "src/orders.rs",
};

/// The line in the source at which a version has a statement.
const fn line(version: u64, statement: u64) -> u64 {
    statement * VERSIONS + version + 1
}

fn template(version: u64, statement: u64) -> String {
    match statement % 2 {
        0 => format!("statement {statement} of all: {{}}"),
        _ => format!("statement {statement} of {version}: {{}}"),
    }
}

/// Plays: logs each statement, in an order of its own, and then all again. Keys: `base`; `version`;
/// `seed`.
pub(crate) fn play(script: &Script) {
    let version = script.number("version");
    let made = |statement| {
        let template = String::leak(template(version, statement));
        let line = u32::try_from(line(version, statement)).unwrap();
        &*Box::leak(Box::new(Callsite::new(None, template).at(&FILE, line)))
    };
    let mut callsites: Vec<_> = (0..STATEMENTS).map(made).collect();
    let mut dice = Dice::new(script.number("seed"));
    for at in (1..STATEMENTS).rev() {
        let other = dice.below(at + 1);
        callsites.swap(
            usize::try_from(at).unwrap(),
            usize::try_from(other).unwrap(),
        );
    }
    let config = Config::new().base_log_dir(script.path("base"));
    let stream = StreamConfig::new("app").location("file").ids(true);
    let logger = config.stream(stream).start_blocking().unwrap();
    let app = logger.stream("app").unwrap();
    script.say("started");
    for round in 0_u64.. {
        for callsite in &callsites {
            let record = submit(&app, callsite, (Formatted(format_args!("{round}")), ()));
            // So that new statements keep coming for a while.
            record.written().wait().unwrap();
        }
    }
}

#[test]
fn every_line_has_its_statement() {
    let _machine = rounds::beside_others();
    let begun = Instant::now();
    let tally = rounds::play(rounds::either(2, 50), 1, kill_all);
    let shown = [
        "kills",
        "lines",
        "statements",
        "unknown",
        "doubled",
        "strange",
    ];
    tally.report("statements", &shown, begun);
}

fn kill_all(round: u64) -> Tally {
    let mut dice = Dice::new(round + 1);
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let start = |process: u64| {
        Casting::of("statements")
            .with("base", base.display())
            .with("version", process % VERSIONS)
            .with("seed", round * PROCESSES + process)
            .start()
    };
    // In two waves: the second finds what the first has left half written.
    for wave in 0..2 {
        let mut victims: Vec<_> = (0..PROCESSES)
            .map(|it| start(wave * PROCESSES + it))
            .collect();
        for victim in &mut victims {
            victim.hear("started");
        }
        for victim in victims {
            rounds::last(Duration::from_micros(dice.below(60_000)));
            victim.kill();
            tally.add("kills", 1);
        }
    }
    check(&base, &mut tally);
    tally
}

fn check(base: &Path, tally: &mut Tally) {
    let text = fs::read_to_string(base.join(".chronologix.statements.jsonl")).unwrap();
    let mut known = BTreeMap::<(String, u64, String), u64>::new();
    for line in text.lines() {
        // What a kill has torn is no JSON.
        if let Ok(it) = Statement::from_json(line) {
            *known
                .entry((it.id, it.line.into(), it.template))
                .or_default() += 1;
        }
    }
    tally.add("statements", known.len() as u64);
    for (statement, times) in &known {
        let is_once = *times == 1;
        tally.add("doubled", u64::from(!is_once));
        tally.expect(is_once, || {
            format!("{statement:?} stands there {times} times")
        });
    }
    let known: BTreeSet<_> = known.into_keys().collect();
    for folder in folders(base) {
        let lines = fs::read_to_string(base.join(folder).join("app.log")).unwrap();
        // The last line may be torn.
        for line in lines
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let Some((template, line, id)) = parts(line) else {
                tally.add("strange", 1);
                continue;
            };
            tally.add("lines", 1);
            let is_known = known.contains(&(id, line, template.clone()));
            tally.add("unknown", u64::from(!is_known));
            tally.expect(is_known, || {
                format!("{template:?} of line {line} is unknown")
            });
        }
    }
}

/// Returns the template that made a line, and its place and id.
fn parts(line: &str) -> Option<(String, u64, String)> {
    let (_, message) = line.trim_end().split_once("] ")?;
    let (message, place) = message.split_once(" file=src/orders.rs line=")?;
    let (number, id) = place.split_once(" id=")?;
    let (before, _) = message.rsplit_once(' ')?;
    Some((
        format!("{before} {{}}"),
        number.parse().ok()?,
        id.to_owned(),
    ))
}
