using Microsoft.AspNetCore.SignalR;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>What clients of <see cref="SignalRBroker"/> may call.</summary>
internal sealed class SignalRHub : Hub
{
    public Task Join(string token) => Groups.AddToGroupAsync(Context.ConnectionId, token);
}
