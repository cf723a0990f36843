//! The sentences in English.

use super::Sentence;

pub(super) const SENTENCES: &[Sentence] = &[
    ("not_logged_in", "You are not logged in."),
    // Publishing a red packet.
    ("receiver_missing", "The receiver of the red packet is missing."),
    ("receiver_malformed", "The receiver is not a valid user id."),
    ("coin_missing", "The coin is missing."),
    ("coin_malformed", "The coin is not a valid coin id."),
    ("amount_missing", "The amount is missing."),
    ("amount_malformed", "The amount is not a decimal number."),
    ("amount_not_positive", "The amount must be more than zero."),
    ("amount_too_precise", "The amount has more decimal places than the coin."),
    ("amount_below_minimum", "The amount is below the smallest red packet of this coin."),
    ("amount_above_maximum", "The amount is above the largest red packet of this coin."),
    ("self_not_allowed", "You cannot send a red packet to yourself."),
    ("receiver_not_found", "There is no such receiver."),
    ("coin_not_held", "The coin is not among your assets."),
    ("balance_too_low", "Your balance is too low."),
    // Accepting a red packet.
    ("transfer_id_missing", "The transfer id is missing."),
    ("transfer_id_malformed", "The transfer id is not valid."),
    ("packet_not_found", "There is no such red packet."),
    ("expired", "The red packet has expired."),
    ("cancelled", "The red packet was cancelled."),
    ("claimed_by_you", "You have this red packet already."),
    ("all_taken", "All of the red packet has been taken."),
    ("not_yours", "The red packet is for somebody else."),
    ("not_yours_to_see", "The red packet is between other users."),
    // Friends.
    ("user_id_missing", "The user id is missing."),
    ("user_id_malformed", "The user id is not valid."),
    ("cannot_add_oneself", "You cannot add yourself as a friend."),
    ("user_not_found", "There is no such user."),
    ("already_friends", "You are friends already."),
    ("cannot_be_added", "This user cannot be added as a friend."),
    ("too_many_friends", "One of the two has as many friends as a user may have."),
    ("no_friends", "You have no friends yet."),
    // Creating a group.
    ("group_name_missing", "The name of the group is missing."),
    ("group_name_malformed", "The name of the group is too long or has a character that is not allowed."),
    ("database_unavailable", "The database is not available; nothing has changed."),
    // Joining a group.
    ("group_id_missing", "The group id is missing."),
    ("group_id_malformed", "The group id is not valid."),
    ("group_not_found", "There is no such group."),
    ("already_member", "You are a member of this group already."),
    // The IM cloud.
    ("im_cloud_rejected", "The IM cloud refused; nothing has changed."),
    ("im_cloud_unknown", "The IM cloud did not answer properly; nothing has changed."),
    ("im_cloud_busy", "The IM cloud is too busy; nothing has changed."),
    (
        "profile_unknown",
        "The IM cloud did not answer properly; it may have taken the change, so please look at the profile.",
    ),
    ("message_unknown", "The IM cloud did not answer properly; the message may have been delivered."),
    // Requests that cannot be read.
    ("unknown_path", "There is no such method."),
    ("method_not_allowed", "This HTTP method is not allowed here."),
    ("media_type", "The body must be a form, multipart form data or JSON."),
    ("body_too_large", "The body is too large."),
    ("body_incomplete", "The body did not arrive completely in time."),
    ("query_malformed", "The query string is not properly encoded."),
    ("form_malformed", "The form is not properly encoded."),
    ("multipart_malformed", "The multipart body is broken, or has a file in it."),
    ("json_malformed", "The body is not a JSON object."),
    ("parameter_missing", "The parameter {parameter} is missing."),
    ("parameter_reserved", "The parameter {parameter} has a value that is reserved."),
    ("parameter_ambiguous", "The parameter {parameter} was given more than once."),
    ("parameter_not_text", "The parameter {parameter} must be a string."),
    ("parameter_too_long", "The parameter {parameter} is too long."),
    ("parameter_illegal_character", "The parameter {parameter} has a character that is not allowed."),
    // Limits of ours.
    ("rate_limited", "You have too many requests under way; nothing was begun, so please try again in a moment."),
    // Our own failures.
    ("internal", "Something went wrong on our side."),
    ("unavailable", "The service is not available; nothing was begun, so please try again."),
    ("unresolved", "The outcome is not known yet; please look before you try again."),
];
