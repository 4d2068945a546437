namespace Keker.Server.Broker.Topics;

/// <summary>
/// Visits the members of a topic a few at a time, without its lock in between. Each that stays is met once, whoever leaves meanwhile; who comes later is not
/// met.
/// </summary>
/// <remarks>For one thread at a time. It has to be disposed of: until then the topic keeps it in mind when members leave.</remarks>
/// <param name="topic">The topic.</param>
internal sealed class MemberScan(Topic topic) : IDisposable
{
    private bool _hasBegun;

    /// <summary>The slots before this one are still to be visited. The topic's lock guards it.</summary>
    public int Unvisited { get; set; }

    /// <summary>The next members. A few may have left by the time they are looked at.</summary>
    /// <param name="members">Gets them from its front.</param>
    /// <returns>How many; 0 when all have been visited.</returns>
    public int Read(Span<Subscription?> members)
    {
        lock (topic)
        {
            if (!_hasBegun)
                topic.Members.Begin(this);
            _hasBegun = true;
            return topic.Members.Read(this, members);
        }
    }

    public void Dispose()
    {
        lock (topic)
            topic.Members.End(this);
    }
}
