namespace Keker.Server.Access;

/// <summary>What a signed token is shown for.</summary>
internal enum TokenPurpose
{
    /// <summary>To begin a session, or to renew its rights.</summary>
    Hello,

    /// <summary>To subscribe to one topic.</summary>
    Subscription,

    /// <summary>To publish.</summary>
    Publish,
}
