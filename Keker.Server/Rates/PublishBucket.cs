namespace Keker.Server.Rates;

/// <summary>What a publisher may publish now: see <see cref="PublishRate"/>.</summary>
/// <remarks>Its own lock guards it.</remarks>
internal sealed class PublishBucket
{
    /// <summary>Thousandths of messages.</summary>
    public long Thousandths { get; set; }

    /// <summary>When it was filled last, in milliseconds of the clock; below 0 before that.</summary>
    public long FilledAt { get; set; } = -1;
}
