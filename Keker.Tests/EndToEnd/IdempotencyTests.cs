using Keker.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>Publishes that are repeated with their key.</summary>
internal sealed class IdempotencyTests() : KekerFixture
{
    [Test]
    public async Task A_repetition_on_another_connection_has_the_first_answer_and_delivers_nothing()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        var answers = new List<string>();
        foreach (string body in new[] { "first", "repetition" })
        {
            await using RawClient client = await ConnectAsync();
            await client.SendAsync("PUT", "/v1/publish", body, $"Token: {token}", "Idempotency-Key: one");
            answers.Add((await client.ReadResponseAsync()).Text);
        }
        await session.ExpectTextAsync("first");
        await using RawClient next = await ConnectAsync();
        await next.SendAsync("PUT", "/v1/publish", "next", $"Token: {token}", "Idempotency-Key: two");
        await next.ReadResponseAsync();

        Assert.That(answers, Is.All.EqualTo("""{"message":"message published","data":{"sessions":1,"cached":0}}"""));
        ServerFrame frame = await session.ReadAsync();
        if (frame.OpCode == OpCode.Ping)
            frame = await session.ReadAsync();
        Assert.That(frame.Text, Is.EqualTo("next"));
    }

    [Test]
    public async Task While_the_first_is_under_way_a_repetition_is_409_and_the_connection_stays()
    {
        string token = NewToken();
        RawWebSocket silent = await JoinAsync(token);
        string[] headers = [$"Token: {token}", "Prefer: wait=30", "Idempotency-Key: waits"];
        await using RawClient first = await ConnectAsync();
        await first.SendAsync("PUT", "/v1/publish", "x", headers);
        await silent.ExpectTextAsync("x");
        await using RawClient second = await ConnectAsync();

        await second.SendAsync("PUT", "/v1/publish", "x", headers);
        RawResponse conflict = await second.ReadResponseAsync();
        await silent.DisposeAsync();
        RawResponse answer = await first.ReadResponseAsync();
        await second.SendAsync("PUT", "/v1/publish", "x", headers);
        RawResponse repeated = await second.ReadResponseAsync();

        Assert.That((conflict.Status, conflict.Closes, conflict.Header("Retry-After")), Is.EqualTo((409, false, "1")));
        Assert.That((answer.Status, repeated.Status, repeated.Text), Is.EqualTo((202, 202, answer.Text)));
    }
}
