using System.Text.Json;
using System.Threading.Channels;
using Keker.Server.Presence.Hooks;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Presence.Hooks;

/// <summary>A backend that takes events, or does not.</summary>
internal sealed class FakeReceiver : IHookReceiver
{
    private readonly Channel<bool> _posts = Channel.CreateUnbounded<bool>();

    /// <summary>Requests that it does not take yet.</summary>
    public int Failures { get; set; }

    /// <summary>Why not, one after the other; then 503.</summary>
    public Queue<HookFailure> Reasons { get; } = [];

    /// <summary>Whether it never answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>The numbers of all events that it has taken.</summary>
    public List<long> Taken { get; } = [];

    /// <summary>Waits for a request.</summary>
    public Task WhenPostedAsync() => _posts.Reader.ReadAsync().Soon("a request");

    public async Task<HookFailure?> TryPostAsync(byte[] body, CancellationToken cancellation)
    {
        try
        {
            if (Hangs)
                await Task.Delay(Timeout.Infinite, cancellation);
            if (Failures > 0)
            {
                Failures--;
                return Reasons.TryDequeue(out HookFailure? reason) ? reason : new HookFailure("status 503");
            }
            foreach (JsonElement each in JsonDocument.Parse(body).RootElement.EnumerateArray())
                Taken.Add(each.GetProperty("seq").GetInt64());
            return null;
        }
        finally
        {
            _posts.Writer.TryWrite(true);
        }
    }
}
