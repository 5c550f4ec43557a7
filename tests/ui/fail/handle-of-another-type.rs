//! An expression that is no handle.

struct Shop {
    audit: String,
}

fn main() {
    let shop = Shop { audit: String::new() };
    chronologix::log!(shop.audit, "sold").detach();
    chronologix::log!(&5, "sold").detach();
    chronologix::log!(shop.adit, "sold").detach();
    chronologix::log!(&shop, ).detach();
}
