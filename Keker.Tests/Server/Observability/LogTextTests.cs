using Keker.Server.Observability;

namespace Keker.Tests.Server.Observability;

internal sealed class LogTextTests
{
    [Test]
    public void A_token_shows_as_the_beginning_of_its_hash()
    {
        // SHA-256 of "abc", FIPS 180-2 B.1.
        Assert.That(LogText.Token("abc"u8), Is.EqualTo("ba7816bf"));
    }
}
