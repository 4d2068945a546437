using System.Diagnostics;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

internal sealed class FloodTests : KekerFixture
{
    private const int Frames = 20_000;

    /// <summary>Less than the flood lasts, and more than a busy machine takes.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(8);

    [Test]
    public async Task Who_floods_is_closed_after_10_seconds_and_delays_nobody()
    {
        string token = NewToken();
        await using RawWebSocket listener = await JoinAsync(token);
        await using RawWebSocket flooder = await JoinAsync(NewToken());
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        long begun = Stopwatch.GetTimestamp();

        // What the server does not read stays in the kernel, and perhaps here.
        Task flood = flooder.Client.SendAsync(ClientFrame.Join([.. Enumerable.Repeat(ClientFrame.Of(OpCode.Text, "x"), Frames)]));
        Task<ServerFrame> close = flooder.ReadAsync();
        for (int i = 0; !close.IsCompleted; i++)
        {
            long published = Stopwatch.GetTimestamp();
            Assert.That((await Backend.PublishAsync(token, $"{i}")).Status, Is.EqualTo(200));
            await listener.ExpectTextAsync($"{i}");
            Assert.That(Stopwatch.GetElapsedTime(published), Is.LessThan(Prompt));
            await timer.WaitForNextTickAsync();
        }

        ServerFrame frame = await close;
        Assert.That((frame.OpCode, frame.CloseCode), Is.EqualTo((OpCode.Close, 1008)));
        Assert.That(frame.CloseReason, Is.EqualTo("too many messages: subscribers say HELLO and listen"));
        Assert.That(Stopwatch.GetElapsedTime(begun), Is.GreaterThan(TimeSpan.FromSeconds(9)));
        await flood;
        await Backend.WaitForStatAsync("sessions", count => count == 1);
    }
}
