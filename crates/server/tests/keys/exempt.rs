//! Commands that are no step of a request under a key, by why it is enough to know that each is done whole or not at all.

pub(crate) const EXEMPT: [(&str, &[&str]); 5] = [
    (
        "an administrator's: one command is the whole change, and the operation before and after it runs it again",
        &[
            "RegisterSession",
            "RevokeSession",
            "RevokeSessions",
            "AddUser",
            "SetUser",
            "ChangeUser",
            "SetBlock",
            "AddCoin",
            "OpenAccount",
            "Deposit",
            "Withdraw",
            "Recall",
            "RetryDelivery",
            "DropDelivery",
            "AddEndpoint",
            "RotateSecret",
            "SetEndpoint",
            "RemoveEndpoint",
            "AddAdminToken",
            "RevokeAdminToken",
        ],
    ),
    (
        "the row of an administrator's request: its lease ends, and its key repeats it",
        &["BeginOperation", "EndOperation"],
    ),
    ("the demo's own setting up", &["IntroduceProfile"]),
    (
        "a sweep's: the simulation of the use cases lets a server die at each await of these",
        &["UndoLapsed", "ClaimCheck", "Expire", "ClaimDelivery", "EndDelivery"],
    ),
    ("changes nothing but what it notes", &["AskRequest", "MarkTokenUsed"]),
];
