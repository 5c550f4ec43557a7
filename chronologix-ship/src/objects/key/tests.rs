//! What keys look like.

use super::*;

#[track_caller]
fn check(change: impl FnOnce(&mut KeyParts<'_>), expected: &str) {
    let start = "2025-05-04T14:15:00Z".parse().unwrap();
    let mut parts = KeyParts {
        prefix: "",
        app: "billing",
        host: "web-3",
        stream: "app",
        start,
        part: 0,
        suffix: "log.zst",
    };
    change(&mut parts);
    assert_eq!(key(&parts), expected);
}

#[test]
fn a_key_has_partitions_and_the_time() {
    let place = "app=billing/host=web-3/stream=app/dt=2025-05-04/hour=14/14-15";
    check(|_| (), &format!("{place}.log.zst"));
    check(
        |it| it.prefix = "logs/eu",
        &format!("logs/eu/{place}.log.zst"),
    );
    check(|it| it.part = 12, &format!("{place}.12.log.zst"));
    check(|it| it.suffix = "jsonl.zst", &format!("{place}.jsonl.zst"));
}

#[test]
fn values_cannot_begin_another_partition() {
    let place = "host=web-3/stream=app/dt=2025-05-04/hour=14/14-15.log.zst";
    check(|it| it.app = "a/../b", &format!("app=a%2F..%2Fb/{place}"));
    check(
        |it| it.app = "a b=ü",
        &format!("app=a%20b%3D%C3%BC/{place}"),
    );
    check(|it| it.app = "", &format!("app=_/{place}"));
}
