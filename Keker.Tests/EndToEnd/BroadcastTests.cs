namespace Keker.Tests.EndToEnd;

/// <summary>Counts of recipients are exact, so each test has a kekerd to itself.</summary>
internal sealed class BroadcastTests
{
    [Test]
    public async Task Everyone_who_said_HELLO_gets_it_once_and_the_answer_counts_tokens_and_sessions()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket first = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        await using RawWebSocket second = await RawWebSocket.JoinAsync(keker.EndPoint, "one");
        await using RawWebSocket third = await RawWebSocket.JoinAsync(keker.EndPoint, "two");
        await using RawWebSocket silent = await RawWebSocket.ConnectAsync(keker.EndPoint);

        RawResponse response = await backend.BroadcastAsync("to all");
        await silent.HelloAsync("three");
        await backend.BroadcastAsync("again");

        Assert.That(response.Status, Is.EqualTo(200));
        Assert.That(response.Text, Is.EqualTo("{\"message\":\"message sent to 2 recipients\",\"data\":{\"recipients\":2,\"sessions\":3}}"));
        foreach (RawWebSocket session in new[] { first, second, third })
        {
            await session.ExpectTextAsync("to all");
            await session.ExpectTextAsync("again");
        }

        // It had not said HELLO at the first one, and broadcasts are not cached.
        await silent.ExpectTextAsync("again");
    }

    [Test]
    public async Task With_nobody_there_it_goes_to_nobody()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);

        RawResponse response = await backend.BroadcastAsync("to all");

        Assert.That(response.Status, Is.EqualTo(200));
        Assert.That(response.Text, Is.EqualTo("{\"message\":\"message sent to 0 recipients\",\"data\":{\"recipients\":0,\"sessions\":0}}"));
    }
}
