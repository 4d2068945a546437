using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Log;

/// <summary>The message that a client cannot take, as far as the end of its session tells.</summary>
/// <param name="Member">The session in the topic.</param>
/// <param name="Offset">The message.</param>
/// <param name="IsCertain">The client said so. Otherwise it went away having got it, and may have had another reason.</param>
/// <param name="Counts">Where it is not certain: whether it counts as one time more. The session knows that.</param>
internal sealed record Refused(Subscription Member, long Offset, bool IsCertain, bool Counts = false);
