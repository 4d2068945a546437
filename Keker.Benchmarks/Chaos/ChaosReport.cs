using Keker.Benchmarks.Common.Proxy;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>What has been counted and measured in a run, and what is wrong with it.</summary>
/// <param name="name">Which run.</param>
/// <param name="server">The server.</param>
/// <param name="totals">What every soak run counts.</param>
/// <param name="chaos">What a chaos run counts.</param>
/// <param name="samples">What the server held.</param>
internal sealed class ChaosReport(string name, ServerProcess server, Totals totals, ChaosTotals chaos, SampleTable samples)
{
    /// <summary>So often the server must not know yet that the old connection is dead when the client is back, or the run has not shown what it is for. Of those who are away for long it knows.</summary>
    private const double LeastUnnoticed = 0.4;

    /// <summary>The connection on which this program asks, and descriptors that come and go by themselves.</summary>
    private const long SpareDescriptors = 8;

    /// <summary>Whether there was no room for all: what fell out has to be counted by the server.</summary>
    public bool IsOverRoom { get; init; }

    /// <summary>All of it, for the line of every few seconds.</summary>
    public long Violations => totals.Lost.Value + totals.Reordered.Value + totals.Duplicated.Value + chaos.LostInDrain.Value
        + chaos.Deliveries.Sum(kind => kind.Violations);

    /// <summary>What is still there although nobody is.</summary>
    public string[] FindLeaks()
    {
        ServerSample start = samples.Start;
        ServerSample end = samples.End;
        (string Name, long Value, long Most)[] bounds =
        [
            ("descriptors", end.Descriptors, start.Descriptors + SpareDescriptors),
            ("sessions", end.Sessions, start.Sessions),
            ("bytes of messages", end.LogBytes, start.LogBytes),
        ];
        return [.. bounds.Where(bound => bound.Value > bound.Most).Select(bound => $"{bound.Name} at the end: {bound.Value}, at most {bound.Most} are right")];
    }

    /// <summary>Prints it.</summary>
    /// <param name="cutShort">Why the run could not be ended as it should; null when it could.</param>
    /// <returns>True when nothing is wrong.</returns>
    public bool Print(string? cutShort)
    {
        Console.WriteLine($"\n---- {name}\n");
        samples.Print();
        Console.WriteLine($"\n{"",-27} {"received",10} {"lost",8} {"disorder",8} {"dupl.",8} {"gaps",8} {"repeated after a break",24}");
        foreach (DeliveryTotals kind in chaos.Deliveries.Where(kind => kind.Received.Value > 0 || kind.Violations != 0))
        {
            Console.WriteLine(
                $"{kind.Name,-27} {kind.Received.Value,10} {kind.Lost.Value,8} {kind.Reordered.Value,8} {kind.Duplicated.Value,8} {kind.Gaps.Value,8} {kind.Repeated.Value,24}"
                + (kind.Violations != 0 ? "   FAILED" : ""));
        }
        Console.WriteLine();
        foreach ((string count, long value, bool mustBeZero) in Counts)
            Console.WriteLine($"{count,-52} {value,12}{(mustBeZero && value != 0 ? "   FAILED" : "")}");
        Console.WriteLine($"{"of them unnoticed",-52} {chaos.UnnoticedShare,12:P1}\n");

        string[] failures =
        [
            .. Counts.Where(count => count.MustBeZero && count.Value != 0).Select(count => $"{count.Name}: {count.Value}"),
            .. chaos.Deliveries.Where(kind => kind.Violations != 0).Select(kind => $"{kind.Name}: {kind.Violations}"),
            .. FindLeaks(),
            .. chaos.UnnoticedShare < LeastUnnoticed ? ["too few unnoticed breaks"] : Array.Empty<string>(),
            .. cutShort is not null ? [cutShort] : Array.Empty<string>(),
            .. IsOverRoom && LostOnce > samples.Peak.UnconfirmedLost ? [$"{LostOnce} messages lost, and {samples.Peak.UnconfirmedLost} counted"] : Array.Empty<string>(),
            .. IsOverRoom && LostOnce == 0 ? ["nothing fell out: give it less --room"] : Array.Empty<string>(),
            .. totals.Published.Value == 0 ? ["nothing was published"] : Array.Empty<string>(),
        ];
        Console.WriteLine(failures.Length == 0 ? $"{name}: passed" : $"{name}: FAILED: {string.Join("; ", failures)}");
        return failures.Length == 0;
    }

    private long LostOnce => chaos.Deliveries.Sum(kind => kind.LostOnce.Value);

    private (string Name, long Value, bool MustBeZero)[] Counts =>
    [
        ("published", totals.Published.Value, false),
        ("received by those who are never cut", totals.Delivered.Value, false),
        ("lost by them", totals.Lost.Value, true),
        ("out of order for them", totals.Reordered.Value, true),
        ("repeated to them", totals.Duplicated.Value, true),
        ("corrupted", totals.Corrupted.Value, true),
        ("misrouted", totals.Misrouted.Value, true),
        ("connections ended by the server, or refused", totals.Broken.Value, true),
        ("wrong answers to publishers", totals.BadAnswers.Value, true),
        ("lost by those who are cut, each message once", LostOnce, !IsOverRoom),
        ("unconfirmedLost of the server", samples.Peak.UnconfirmedLost, !IsOverRoom),
        ("errors in the log of the server", server.InternalErrors, true),
        ("cut by reset", chaos.Cuts.ByKind[(int)CutKind.Reset].Value, false),
        ("cut by silent drop", chaos.Cuts.ByKind[(int)CutKind.SilentDrop].Value, false),
        ("cut half-open", chaos.Cuts.ByKind[(int)CutKind.HalfOpen].Value, false),
        ("left with Close 1001", chaos.Cuts.ByKind[(int)CutKind.Leave].Value, false),
        ("closed with 1009 by clients", chaos.Choked.Value, false),
        ("held sides that the server ended", chaos.Cuts.EndedByServer.Value, false),
        ("held sides that the proxy reset in the end", chaos.Cuts.HeldToTheEnd.Value, false),
        ("restarts of the server by SIGTERM", chaos.Restarts.Value, false),
        ("clients without everything at the goodbye of a drain", chaos.LostInDrain.Value, true),
        ("drains that did not end with status 0", chaos.BadExits.Value, true),
        ("reconnects", chaos.Reconnects.Value, false),
        ("reconnects before the break was noticed", chaos.Unnoticed.Value, false),
    ];
}
