using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker;

/// <summary>Is told who comes and goes. What has changed is numbered, so that a list of who is here can say what it includes.</summary>
/// <remarks>
/// Thread-safe. It is told under the lock of the topic: its own lock is an innermost one. It keeps <see cref="Topic.Announcement"/>, which no one else does.
/// </remarks>
internal interface IPresenceWatch
{
    /// <summary>Names the life of the process: the numbers of another one mean nothing here.</summary>
    ulong Boot { get; }

    /// <summary>The number of the last change; whoever has read it sees that change in the topics.</summary>
    long LastChange { get; }

    /// <summary>Changes that have yet to be told.</summary>
    int Untold { get; }

    /// <summary>The first member has joined.</summary>
    void Occupied(Topic topic, int members);

    /// <summary>The last member has left.</summary>
    void Emptied(Topic topic);

    /// <summary>A message with a time of its own has gone that nobody has had.</summary>
    void Expired(Topic topic, Publication publication);
}
