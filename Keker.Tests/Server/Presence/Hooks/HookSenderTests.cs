using Keker.Server.Broker.Topics;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Server.Presence.Hooks;
using Keker.Tests.EndToEnd;
using Keker.Tests.EndToEnd.Signed;
using Keker.Tests.Server.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Presence.Hooks;

internal sealed class HookSenderTests
{
    private FakeTimeProvider _time = null!;
    private Counters _counters = null!;
    private FakeReceiver _receiver = null!;

    [SetUp]
    public void Begin() => (_time, _counters, _receiver) = (new FakeTimeProvider(), new Counters(), new FakeReceiver());

    [Test]
    public async Task What_is_not_taken_is_sent_again_in_order_with_pauses_that_grow()
    {
        DateTimeOffset begun = _time.GetUtcNow();
        HookQueue queue = NewQueue(3);
        _receiver.Failures = 8;
        using HookSender sender = NewSender(queue);
        sender.Start();
        await _receiver.WhenPostedAsync();
        for (int i = 1; i <= 8; i++)
        {
            TimeSpan bound = TimeSpan.FromTicks(Math.Min((Limits.HookBackOffMin * Math.Pow(2, i - 1)).Ticks, Limits.HookBackOffMax.Ticks));
            await AdvanceUntilPostedAsync(bound);
        }
        await sender.StopAsync(TimeSpan.FromSeconds(1)).Soon("the end");
        Assert.That(_receiver.Taken, Is.EqualTo(new long[] { 1, 2, 3, 4 }));
        Assert.That((_counters.HookFailures.Value, _counters.HooksDelivered.Value), Is.EqualTo((8L, 4L)));

        // All four had waited for the whole time.
        HistogramSnapshot delays = _counters.Histograms.HookDelay.Snapshot;
        Assert.That((delays.Count, delays.Total), Is.EqualTo((4, 4 * (decimal)(_time.GetUtcNow() - begun).TotalSeconds)));
    }

    [Test]
    public async Task Each_new_reason_is_told_once_and_a_mistake_of_the_set_up_as_one()
    {
        var log = new LogRecorder();
        _receiver.Failures = 3;
        _receiver.Reasons.Enqueue(new HookFailure("status 503"));
        _receiver.Reasons.Enqueue(new HookFailure("status 503"));
        _receiver.Reasons.Enqueue(new HookFailure("status 404", IsMistake: true));
        using var sender = new HookSender(NewQueue(1), _receiver, boot: 7, _counters, _time, log);
        sender.Start();
        await _receiver.WhenPostedAsync();
        for (int i = 0; i < 3; i++)
            await AdvanceUntilPostedAsync(Limits.HookBackOffMax);
        await sender.StopAsync(TimeSpan.FromSeconds(1)).Soon("the end");

        Assert.That(_receiver.Taken, Is.EqualTo(new long[] { 1, 2 }), "what is a mistake is mended, and nothing is lost by then");
        Assert.That(log.Lines, Has.Length.EqualTo(3));
        Assert.That(log.Lines[0], Does.StartWith("Warning: the hook was not taken: status 503;"));
        Assert.That(log.Lines[1], Does.StartWith("Error: the hook was refused: status 404; that is a mistake of the set-up"));
        Assert.That(log.Lines[2], Is.EqualTo("Information: the hook is taken again, after 3 failures"));
    }

    [TestCase(200, null)]
    [TestCase(204, null)]
    [TestCase(307, true)]
    [TestCase(400, true)]
    [TestCase(404, true)]
    [TestCase(408, false)]
    [TestCase(425, false)]
    [TestCase(429, false)]
    [TestCase(500, false)]
    [TestCase(503, false)]
    public async Task What_a_status_says(int status, bool? isMistake)
    {
        await using var stub = new StubServer(_ => StubServer.Status(status));
        using var client = new HookClient(new Uri(stub.Url), []);
        HookFailure? failure = await client.TryPostAsync("[]"u8.ToArray(), CancellationToken.None).Soon("the answer");
        Assert.That(failure, isMistake is null ? Is.Null : Is.EqualTo(new HookFailure($"status {status}", isMistake.Value)));
    }

    [Test]
    public async Task At_the_end_what_waits_is_delivered()
    {
        HookQueue queue = NewQueue(Limits.HookEventsPerRequest * 2);
        using HookSender sender = NewSender(queue);
        sender.Start();
        await sender.StopAsync(TimeSpan.FromSeconds(1)).Soon("the end");
        Assert.That(_receiver.Taken, Is.EqualTo(Enumerable.Range(1, Limits.HookEventsPerRequest * 2 + 1).Select(i => (long)i)));
    }

    [Test]
    public async Task A_backend_that_hangs_does_not_hold_up_the_end()
    {
        using HookSender sender = NewSender(NewQueue(1));
        _receiver.Hangs = true;
        sender.Start();
        Task end = sender.StopAsync(TimeSpan.FromSeconds(2));
        Assert.That(end.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(2));
        await end.Soon("the end");
        Assert.That(_receiver.Taken, Is.Empty);
    }

    private HookQueue NewQueue(int events)
    {
        var queue = new HookQueue(new MonotonicClock(_time), _counters);
        for (int i = 0; i < events; i++)
            queue.Add(HookEventKind.Online, TopicKind.Token, [(byte)'a'], 1);
        return queue;
    }

    private HookSender NewSender(HookQueue queue) => new(queue, _receiver, boot: 7, _counters, _time, NullLogger.Instance);

    /// <summary>The pause ends within its bound; when it begins nobody can see from outside.</summary>
    private async Task AdvanceUntilPostedAsync(TimeSpan bound)
    {
        Task posted = _receiver.WhenPostedAsync();
        while (!posted.IsCompleted)
        {
            _time.Advance(bound);
            await Task.WhenAny(posted, Task.Delay(10));
        }
        await posted;
    }
}
