use engine::{Model, Session};

/// A session that has heard nothing yet, and its arena.
pub(super) fn begun<'m>(model: &Model<'m>) -> (Box<Session<'m>>, Vec<i8>) {
    let mut arena = vec![0; model.layout().arena_bytes()];
    let mut session = Box::new(Session::new());
    session.start(*model, &mut arena).expect("the arena is as large as is needed");
    (session, arena)
}
