using System.Threading.Tasks.Sources;

namespace Keker.Server.Net;

/// <summary>A wait for a socket that can be awaited, once. Whoever awaits it goes on inside <see cref="OnReady"/>.</summary>
internal sealed class ReadyWait : IReadyHandler, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source;

    public ValueTask Task => new(this, _source.Version);

    public void OnReady() => _source.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
