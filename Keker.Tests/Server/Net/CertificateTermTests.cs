using Keker.Server.Net;
using Keker.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Net;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CertificateTermTests
{
    private readonly LogRecorder _log = new();

    [Test]
    public void An_end_that_is_near_is_told_once_a_day_and_when_it_has_come()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using var directory = new TempDirectory();
        new TestCertificate(now.AddDays(15.5)).WriteTo(directory);
        var tls = new TlsUpgrade(directory.File("cert.pem"), directory.File("key.pem"));
        var time = new FakeTimeProvider(now);
        using var term = new CertificateTerm(tls, time, _log);

        term.Check();
        time.Advance(TimeSpan.FromDays(1));
        Assert.That(_log.Lines, Is.Empty, "14 days and a half are enough");

        time.Advance(TimeSpan.FromDays(1));
        Assert.That(_log.Lines, Has.Length.EqualTo(1).And.All.StartsWith("Warning: the certificate ends in 14 days, on 20"));

        for (int day = 3; day <= 15; day++)
            time.Advance(TimeSpan.FromDays(1));
        Assert.That(_log.Lines, Has.Length.EqualTo(14).And.All.StartsWith("Warning"));
        Assert.That(_log.Lines[^1], Does.Contain("in 1 days"));

        time.Advance(tls.End - time.GetUtcNow());
        Assert.That(_log.Lines, Has.Length.EqualTo(15));
        Assert.That(_log.Lines[^1], Does.StartWith("Error: the certificate has ended, on 20"));

        time.Advance(TimeSpan.FromDays(1));
        Assert.That(_log.Lines, Has.Length.EqualTo(16).And.Exactly(2).StartsWith("Error"));
    }

    [Test]
    public void A_new_certificate_is_looked_at_and_the_old_one_forgotten()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using var directory = new TempDirectory();
        new TestCertificate(now.AddDays(2)).WriteTo(directory);
        var tls = new TlsUpgrade(directory.File("cert.pem"), directory.File("key.pem"));
        var time = new FakeTimeProvider(now);
        using var term = new CertificateTerm(tls, time, _log);
        term.Check();
        Assert.That(_log.Lines, Has.Length.EqualTo(1));

        new TestCertificate(now.AddDays(90)).WriteTo(directory);
        tls.Reload();
        term.Check();
        time.Advance(TimeSpan.FromDays(30));

        Assert.That(_log.Lines, Has.Length.EqualTo(1));
        Assert.That(CertificateTerm.Describe(tls), Does.Match(@"^TLS until \d{4}-\d\d-\d\dT\d\d:\d\dZ$"));
    }
}
