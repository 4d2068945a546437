using Keker.Server.Access;
using Keker.Server.Observability;
using Keker.Tests.EndToEnd;
using Keker.Tests.EndToEnd.Signed;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Access;

/// <summary>A backend that does not answer.</summary>
internal sealed class AuthBackendTests
{
    [Test]
    public async Task Who_waits_too_long_for_a_turn_is_not_asked_about_any_more()
    {
        var time = new FakeTimeProvider();
        await using var stub = new StubServer(_ => null);
        using var backend = new AuthBackend(new Uri(stub.Url), time, NullLogger.Instance);
        var visitor = new Visitor([], Origin: null, UserAgent: null);
        Task<Decision>[] asked = [.. Enumerable.Range(0, 1000).Select(_ => backend.AskAsync("a"u8.ToArray(), visitor))];
        Assert.That(asked.Count(static task => task.IsCompleted), Is.Zero);

        time.Advance(TimeSpan.FromSeconds(30));

        // 256 had their turn, and as many may have it now.
        await WaitAsync(() => asked.Count(static task => task.IsCompleted) >= 1000 - 256);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.That((await Task.WhenAll(asked)).Select(static decision => decision.Reason), Has.All.EqualTo(RefusalReason.Undecided));
        Assert.That(stub.Asked, Has.Count.LessThanOrEqualTo(512));
    }

    [Test]
    public async Task Who_is_gone_gives_its_turn_to_others()
    {
        const int turns = 256;
        await using var stub = new StubServer(_ => null);
        using var backend = new AuthBackend(new Uri(stub.Url), new FakeTimeProvider(), NullLogger.Instance);
        var visitor = new Visitor([], Origin: null, UserAgent: null);
        using var gone = new CancellationTokenSource();
        Task<Decision>[] first = [.. Enumerable.Range(0, turns).Select(_ => backend.AskAsync("a"u8.ToArray(), visitor, gone.Token))];
        Task<Decision> waitsAndGoes = backend.AskAsync("b"u8.ToArray(), visitor, gone.Token);
        Task<Decision> waits = backend.AskAsync("c"u8.ToArray(), visitor);
        await WaitAsync(() => stub.Asked.Count == turns);

        await gone.CancelAsync();

        Assert.That((await Task.WhenAll([.. first, waitsAndGoes]).Soon("those who are gone")).Select(static decision => decision.Reason), Has.All.EqualTo(RefusalReason.Undecided));
        await WaitAsync(() => stub.Asked.Count == turns + 1);
        Assert.That(stub.Asked.Last(), Does.Contain("\"c\""));
        Assert.That(waits.IsCompleted, Is.False);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience.Limit);
        while (!condition())
            await Task.Delay(10, deadline.Token);
    }
}
