//! The entries of the palette.

use super::*;
use crate::tests::harness::Harness;

#[test]
fn every_action_is_offered_and_those_of_streams_by_name() {
    let harness = Harness::new(60, 10);
    let all = choices(&harness.model, "");
    for command in commands() {
        let is_offered = all.iter().any(|choice| {
            std::mem::discriminant(&choice.action) == std::mem::discriminant(&command.action)
        });
        assert_eq!(
            is_offered,
            command.action != Action::Palette,
            "{}",
            command.name
        );
    }
    let first = |typed| choices(&harness.model, typed).into_iter().next().unwrap();
    assert_eq!(first("next error").action, Action::NextError);
    assert_eq!(
        first("next-error").action,
        Action::NextError,
        "by its name, too"
    );
    assert_eq!(first("go errors").action, Action::Tab(2));
    assert_eq!(
        (
            first("hide audit").action,
            first("hide audit").keys.as_str()
        ),
        (Action::ToggleStream(3), "alt-3")
    );
    assert_eq!(choices(&harness.model, "xyzzy"), []);
}
