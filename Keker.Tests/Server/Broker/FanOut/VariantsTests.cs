using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;

namespace Keker.Tests.Server.Broker.FanOut;

internal sealed class VariantsTests
{
    [Test]
    public void A_window_bounds_what_is_deflated([Range(8, 14)] int bits)
    {
        Variant variant = Variants.Deflated(bits);
        Assert.That((variant.IsDeflated(), variant.MostBytesDeflated()), Is.EqualTo((true, 1 << bits)));
        Assert.That($"{variant}", Is.EqualTo($"Deflated{bits}"));
    }

    [TestCase(0, Variant.Plain, 0)]
    [TestCase(15, Variant.Deflated, int.MaxValue)]
    public void The_largest_bounds_nothing(int bits, object variant, int most)
    {
        Assert.That(Variants.Deflated(bits), Is.EqualTo(variant));
        Assert.That(Variants.Deflated(bits).MostBytesDeflated(), Is.EqualTo(most));
    }

    [TestCase(Variant.Tagged)]
    [TestCase(Variant.EventStream)]
    public void Others_are_never_deflated(object variant) =>
        Assert.That((((Variant)variant).IsDeflated(), ((Variant)variant).MostBytesDeflated()), Is.EqualTo((false, 0)));

    [Test]
    public void What_fits_a_smaller_window_never_needs_a_worker() =>
        Assert.That(Variant.Deflated14.MostBytesDeflated(), Is.AtMost(BrokerLimits.MostBytesToDeflateInline));
}
