namespace Keker.Server.Net;

/// <summary>How many TLS handshakes may be under way; the next ones wait for their turn, first come, first served.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HandshakeQueue(int most)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _places = most;

    /// <summary>Whether somebody waits.</summary>
    public bool IsCrowded { get; private set; }

    /// <summary>Waits for a place, which <see cref="Leave"/> gives back.</summary>
    public Task EnterAsync()
    {
        lock (_lock)
        {
            if (_places > 0)
            {
                _places--;
                return Task.CompletedTask;
            }
            var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(place);
            IsCrowded = true;
            return place.Task;
        }
    }

    /// <summary>Gives a place to the next one.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out TaskCompletionSource? next))
                next.SetResult();
            else
                _places++;
            IsCrowded = _waiting.Count > 0;
        }
    }
}
