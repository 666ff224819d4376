//! The page's program: mounts the app.

fn main() {
    spandeck::app::mount();
}
