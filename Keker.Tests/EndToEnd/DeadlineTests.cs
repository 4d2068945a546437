using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>The shortest deadlines there are; nothing here depends on how long they take on a slow machine.</summary>
internal sealed class DeadlineTests() : KekerFixture("--timeout", "2")
{
    [Test]
    public async Task Without_HELLO_in_time_the_connection_is_closed_and_told_why()
    {
        await using RawWebSocket socket = await ConnectWebSocketAsync();
        await socket.ExpectCloseAsync(1008, "no HELLO within 2 s");
    }

    [Test]
    public async Task Pings_do_not_replace_a_HELLO()
    {
        await using RawWebSocket socket = await ConnectWebSocketAsync();
        ServerFrame frame;
        do
        {
            await socket.SendAsync(ClientFrame.Of(OpCode.Ping, "still here"));
            frame = await socket.ReadAsync();
        }
        while (frame.OpCode == OpCode.Pong);
        Assert.That((frame.OpCode, frame.CloseCode), Is.EqualTo((OpCode.Close, 1008)));
    }

    [Test]
    public async Task A_peer_that_answers_pings_stays_and_one_that_does_not_is_dropped()
    {
        string token = NewToken();
        await using RawWebSocket alive = await JoinAsync(token);
        await using RawWebSocket dead = await JoinAsync(token);
        alive.AnswersPings = dead.AnswersPings = false;
        int pings = 0;
        Task<ServerFrame?> end = dead.TryReadAsync();
        while (!end.IsCompleted)
        {
            ServerFrame ping = await alive.ReadAsync();
            Assert.That(ping.OpCode, Is.EqualTo(OpCode.Ping));
            await alive.SendAsync(ClientFrame.Of(OpCode.Pong, ping.Payload));
            pings++;
            if (await end is { OpCode: OpCode.Ping })
                end = dead.TryReadAsync();
        }

        Assert.That(pings, Is.GreaterThan(0));
        Assert.That(await end, Is.Null, "no frame can be delivered to a dead peer");
        RawResponse response = await Backend.PublishAsync(token, "x");
        while (response.Data.GetProperty("sessions").GetInt32() > 1)
            response = await Backend.PublishAsync(token, "x");
        Assert.That(response.Status, Is.EqualTo(200));
        alive.AnswersPings = true;
        await alive.ExpectTextAsync("x");
    }

    [Test]
    public async Task A_peer_that_never_answers_a_Close_is_cut_off()
    {
        await using RawWebSocket socket = await ConnectWebSocketAsync();
        await socket.SendTextAsync("HI");
        Assert.That((await socket.ReadAsync()).CloseCode, Is.EqualTo(1008));
        Assert.That(await socket.TryReadAsync(), Is.Null);

        await Backend.WaitForStatAsync("connections", connections => connections == 1);
    }
}
