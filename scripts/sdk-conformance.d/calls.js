// Makes the call of that number in calls.json with the official SDK for Node, and fails unless it is done. What the SDK
// cannot do is not sent.
'use strict';

const calls = require('./calls.json');
const { User, Message, Group } = require('rongcloud-sdk')({
    appkey: process.env.APP_KEY, secret: process.env.APP_SECRET, api: process.env.SANDBOX_URL,
});

const send = (senderId, targetId, objectName, content, push, copy) => Message.Private.send({
    senderId, targetId, objectName, content,
    ...(push && { pushContent: push }), ...(copy && { isIncludeSender: copy }),
});
const sdk = {
    token: (id, name, portrait) => User.register({ id, name, portrait }),
    refresh: (id, name, portrait) => portrait && User.update({ id, name, portrait }),
    info: () => null,
    send: (from, to, objectName, content, push, copy) => send(from, to, objectName, JSON.parse(content), push, copy),
    notify: (from, to, event_id, transfer_id, content, push) =>
        send(from, to, 'HB:RedPacket', { event_id, transfer_id, content }, push),
    create: (id, name, owner) => Group.create({ id, name, members: [{ id: owner }] }),
    join: (id, name, user) => Group.join({ id, name, member: { id: user } }),
    members: (id) => Group.get({ id }),
    quit: (id, user) => Group.quit({ id, member: { id: user } }),
    dismiss: (id, user) => Group.dismiss({ id, member: { id: user } }),
};

async function main() {
    const [name, ...args] = calls[Number(process.argv[2])];
    const answer = await sdk[name](...args);
    if (answer && answer.code !== 200) throw new Error(`${name}: ${JSON.stringify(answer)}`);
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
