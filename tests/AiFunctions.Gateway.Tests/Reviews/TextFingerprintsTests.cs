using AiFunctions.Gateway.Reviews;
using AiFunctions.Gateway.Tests.InputGuard;
using CsCheck;

namespace AiFunctions.Gateway.Tests.Reviews;

public class TextFingerprintsTests
{
    private const string Key = "a key for the hashes of the tests";

    [Theory]
    [InlineData("Hello World", "helloworld", true)]
    [InlineData("Hello\r\n\tWorld\u00a0\u2003", "hello world", true)]
    [InlineData("He\u200bl\u200dlo\ufeff \u202eWorld\u2066", "HELLO WORLD", true)]
    [InlineData("a\U000e0041\U000e0042\ufe0fb\u00ad\u034f", "AB", true)]
    [InlineData("\u00c9T\u00c9 \U00010400", "\u00e9t\u00e9\U00010428", true)]
    [InlineData("Hello World", "hello worl", false)]
    [InlineData("Hello World", "hello, world", false)]
    [InlineData("e", "\u00e9", false)]
    public void What_nobody_sees_does_not_count(string one, string other, bool isSame)
    {
        var fingerprints = GuardParts.FingerprintsWith(Key);

        Assert.Equal(isSame, fingerprints.Of(one) == fingerprints.Of(other));
    }

    [Fact]
    public void It_depends_on_the_secret() => Assert.NotEqual(
        GuardParts.FingerprintsWith("one key of thirty-two characters").Of("text"), GuardParts.FingerprintsWith("another key of 32 characters ....").Of("text"));

    [Fact]
    public void Any_text_has_a_canonical_form_that_is_no_longer_and_that_is_its_own() => Gen.Char.Array[0, 200].Sample(
        characters =>
        {
            var once = new char[characters.Length];
            var length = TextFingerprints.Canonicalize(characters, once);
            var twice = new char[length];
            return TextFingerprints.Canonicalize(once.AsSpan(0, length), twice) == length && once.AsSpan(0, length).SequenceEqual(twice);
        },
        iter: 50_000);

    [Fact]
    public void Its_text_form_can_be_read_again()
    {
        var fingerprint = GuardParts.FingerprintsWith(Key).Of("text");

        Assert.Matches("^[0-9a-f]{32}$", fingerprint.ToString());
        Assert.True(TextFingerprint.TryParse(fingerprint.ToString(), out var read));
        Assert.Equal(fingerprint, read);
    }
}
