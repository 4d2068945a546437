namespace Keker.Tests.Server.Broker;

/// <summary>One session of a stress run and the moments between which it joined: the stamps of messages before and after.</summary>
internal sealed class Guest(TestClient client, int token, long joinBegan, long joined)
{
    public TestClient Client { get; } = client;

    public int Token { get; } = token;

    /// <summary>Whatever was accepted before this stamp is not for it.</summary>
    public long JoinBegan { get; } = joinBegan;

    /// <summary>Whatever began after this stamp is for it.</summary>
    public long Joined { get; } = joined;

    /// <summary>What it got ends somewhere, then.</summary>
    public bool HasLeft { get; set; }
}
