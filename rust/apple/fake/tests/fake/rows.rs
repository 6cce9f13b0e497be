//! Adding, finding, changing and deleting rows.

use strongroom_apple_fake::World;

use crate::support::{SECRET, Words};

#[test]
fn a_row_is_added_read_listed_and_deleted() {
    let world = World::new();
    let _entered = world.enter();
    assert_eq!(Words::of("name").read(), Err(-25300));
    assert_eq!(Words::adding("name").add(), 0);
    assert_eq!(Words::adding("name").add(), -25299);
    assert_eq!(Words::of("name").read().as_deref(), Ok(SECRET));
    assert_eq!(Words::of_service().list().expect("rows").len(), 1);
    assert_eq!(Words::of("name").delete(), 0);
    assert_eq!(Words::of("name").delete(), -25300);
    assert_eq!(world.live_objects(), 0);
    assert_eq!(world.violations(), [""; 0]);
}
