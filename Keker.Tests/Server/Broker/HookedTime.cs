using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Broker;

/// <summary>A clock that lets a test in whenever it is read.</summary>
internal sealed class HookedTime : TimeProvider
{
    private readonly FakeTimeProvider _time = new();

    public Action? Hook { get; set; }

    public override long TimestampFrequency => _time.TimestampFrequency;

    public void Advance(TimeSpan time) => _time.Advance(time);

    public override long GetTimestamp()
    {
        Hook?.Invoke();
        return _time.GetTimestamp();
    }
}
