using System.Net;
using Keker.Benchmarks.Load.Options;

namespace Keker.Benchmarks.Load;

/// <summary>The subscribers of one run.</summary>
internal sealed class SubscriberPool : IDisposable
{
    private const int AtOnce = 128;
    private const int SmallBuffer = 1 << 10;
    private const int LargestBuffer = 64 << 10;
    private const int AllBuffers = 256 << 20;

    /// <summary>So many connections between two addresses leave ports to others.</summary>
    private const int PerAddress = 20_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Traffic _traffic;
    private readonly LoadSubscriber[] _subscribers;
    private readonly SemaphoreSlim _slots = new(AtOnce);

    public SubscriberPool(Traffic traffic)
    {
        _traffic = traffic;
        int count = traffic.Options.Connections;
        bool isBusy = LoadMode.Delivering.HasFlag(traffic.Options.Mode);
        int buffer = isBusy ? Math.Clamp(AllBuffers / Math.Max(1, count), SmallBuffer, LargestBuffer) : SmallBuffer;
        _subscribers = new LoadSubscriber[count];
        for (int i = 0; i < count; i++)
            _subscribers[i] = new LoadSubscriber(traffic, i % traffic.Tokens, buffer, _ => _slots.Release());
    }

    public int Open => _subscribers.Count(subscriber => subscriber.IsOpen);

    public IEnumerable<int> SilentTokens => _subscribers.Where(subscriber => !subscriber.HasHeard).Select(subscriber => subscriber.Token).Distinct();

    /// <summary>Opens all sessions, some at a time.</summary>
    /// <exception cref="RunFailedException">Not all could be opened.</exception>
    public async Task OpenAsync(CancellationToken stop)
    {
        for (int i = 0; i < _subscribers.Length; i++)
        {
            await TakeSlotAsync(stop);
            _subscribers[i].Start(AddressFor(i), _traffic.Options.Publishers);
        }
        for (int i = 0; i < AtOnce; i++)
            await TakeSlotAsync(stop);
        LoadSubscriber[] failed = [.. _subscribers.Where(subscriber => subscriber.Failure is not null)];
        if (failed.Length > 0)
            throw new RunFailedException($"{failed.Length} of {_subscribers.Length} sessions could not be opened: {failed[0].Failure}");
    }

    /// <summary>How many messages have not come.</summary>
    public long CountLost()
    {
        long lost = 0;
        foreach (LoadSubscriber subscriber in _subscribers)
        {
            for (int i = 0; i < _traffic.Publishers.Count; i++)
                lost += subscriber.Streams[i].Lost(_traffic.Publishers[i].PublishedTo(subscriber.Token));
        }
        return lost;
    }

    /// <summary>From now on it is no matter when sessions end.</summary>
    public void Leave()
    {
        foreach (LoadSubscriber subscriber in _subscribers)
            subscriber.Leave();
    }

    public void Dispose()
    {
        Leave();
        foreach (LoadSubscriber subscriber in _subscribers)
            subscriber.Dispose();
    }

    private async Task TakeSlotAsync(CancellationToken stop)
    {
        if (!await _slots.WaitAsync(Patience, stop))
            throw new RunFailedException($"no session was opened for {Patience.TotalSeconds:0} s");
    }

    /// <summary>On Linux all of 127.0.0.0/8 is this machine, and each address has ports of its own.</summary>
    private IPAddress? AddressFor(int index) =>
        OperatingSystem.IsLinux() && IPAddress.Loopback.Equals(_traffic.Server.Address) && _subscribers.Length > PerAddress
            ? new IPAddress([127, 0, 0, (byte)(1 + index / PerAddress)])
            : null;
}
