namespace Keker.Benchmarks.Load.Peers;

/// <summary>All peers by name.</summary>
internal static class PeerTable
{
    private static readonly Peer[] All = [new KekerPeer(), new KestrelPeer(), new SignalRPeer(), new NchanPeer()];

    public static Peer Keker => All[0];

    /// <param name="name">One of them.</param>
    public static Peer Find(string name) => All.Single(peer => peer.Name == name);
}
