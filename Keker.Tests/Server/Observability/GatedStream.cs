using System.Text;

namespace Keker.Tests.Server.Observability;

/// <summary>An output whose reader can stop: writes wait until it goes on, or fail.</summary>
internal sealed class GatedStream : MemoryStream
{
    private readonly ManualResetEventSlim _isOpen = new(true);
    private volatile int _failures;

    /// <summary>Set when a write waits.</summary>
    public ManualResetEventSlim Waits { get; } = new();

    /// <summary>True when writes fail as on a full disk.</summary>
    public volatile bool Fails;

    public int Failures => _failures;

    public string Text
    {
        get { lock (_isOpen) return Encoding.UTF8.GetString(ToArray()); }
    }

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Stop() => _isOpen.Reset();

    public void GoOn() => _isOpen.Set();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!_isOpen.IsSet)
            Waits.Set();
        _isOpen.Wait();
        if (Fails)
        {
            Interlocked.Increment(ref _failures);
            throw new IOException("no space left on device");
        }
        lock (_isOpen)
            base.Write(buffer, offset, count);
    }

    protected override void Dispose(bool disposing)
    {
        // A thread that still waits in a write uses them.
        GoOn();
        base.Dispose(disposing);
    }
}
