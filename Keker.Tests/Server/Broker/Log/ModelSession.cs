namespace Keker.Tests.Server.Broker.Log;

/// <summary>A session of <see cref="ComingBackModel"/>. What it has confirmed the broker says: that is not what is in question.</summary>
internal sealed class ModelSession(ulong mark)
{
    public TestClient Client { get; set; } = null!;

    public ulong Mark { get; } = mark;

    public long Confirmed => Math.Min(Client.Session.OwnTopic!.Confirmed, Client.Topic.Head);

    /// <summary>The position that it took over.</summary>
    public ModelPosition? Taken { get; set; }

    /// <summary>Its own position, while it does not answer.</summary>
    public ModelPosition? Suspected { get; set; }

    /// <summary>When the network fell silent; null while it answers.</summary>
    public int? SilentSince { get; set; }
}
