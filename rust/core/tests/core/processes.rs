//! Several threads and several handles on one store. What a process leaves that is killed: `kills` of the battery.

use strongroom_core::Vault;

use strongroom_testkit::{World, get, names, set};

#[test]
fn threads_on_one_handle_and_handles_on_one_file_lose_nothing() {
    let world = World::new();
    let shared = world.vault();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (shared, world) = (&shared, &world);
            scope.spawn(move || {
                let own = world.vault();
                let vault: &dyn Vault = if thread % 2 == 0 { shared } else { &own };
                for round in 0..50 {
                    set(vault, &format!("{thread}/{round}"), &format!("value {round}")).unwrap();
                    assert_eq!(
                        get(vault, &format!("{thread}/{round}")).unwrap(),
                        format!("value {round}")
                    );
                }
            });
        }
    });
    assert_eq!(names(&world.vault()).len(), 200);
}
