using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Patterns;

/// <summary>All patterns with a span of text, in the order of their priority.</summary>
internal static class PatternSet
{
    public const int Count = 9;

    /// <summary>The bit of the policy terms.</summary>
    public const ushort BlocklistOnly = 1;

    /// <summary>The bit of e-mail addresses.</summary>
    public const ushort EmailOnly = 1 << Email;

    /// <summary>The bits of those that also start within a word: what they find is told from the word by its own form.</summary>
    public const ushort InsideWords = (1 << Secret) | (1 << CreditCard) | (1 << Ssn);

    private const int Blocklist = (int)OutputCategory.Blocklist;
    private const int Secret = (int)OutputCategory.Secret;
    private const int Email = (int)OutputCategory.Email;
    private const int CreditCard = (int)OutputCategory.CreditCard;
    private const int Iban = (int)OutputCategory.Iban;
    private const int Ssn = (int)OutputCategory.Ssn;
    private const int Phone = (int)OutputCategory.Phone;
    private const int IpAddress = (int)OutputCategory.IpAddress;
    private const int Internal = (int)OutputCategory.Internal;

    /// <summary>The patterns that can start with a character, a bit each.</summary>
    public static ushort StartingWith(char c)
    {
        var patterns = 0;
        if (CharClass.IsWord(c))
        {
            patterns |= (1 << Blocklist) | (1 << Email);
        }

        if (char.IsAsciiLetterOrDigit(c))
        {
            patterns |= (1 << Secret) | (1 << Internal);
        }

        patterns |= char.IsAsciiLetter(c) ? 1 << Iban : 0;
        patterns |= char.IsAsciiDigit(c) ? (1 << CreditCard) | (1 << Ssn) | (1 << Phone) : 0;
        patterns |= char.IsAsciiHexDigit(c) || c == ':' ? 1 << IpAddress : 0;
        patterns |= c is '+' or '(' ? 1 << Phone : 0;
        patterns |= c == '/' ? 1 << Internal : 0;
        patterns |= c == '-' ? 1 << Secret : 0;
        return (ushort)patterns;
    }

    /// <summary>Whether anything would be done about a match.</summary>
    public static bool IsWanted(int pattern, FilterPolicy policy) =>
        policy.Wants((OutputCategory)pattern) || (pattern == IpAddress && policy.Wants(OutputCategory.Internal));

    /// <summary>Tries a pattern at the cursor.</summary>
    public static bool TryMatch(int pattern, ref TextCursor text, FilterPolicy policy, out PatternMatch match, out OutputCategory category)
    {
        category = (OutputCategory)pattern;
        switch (pattern)
        {
            case Blocklist:
                return policy.Blocklist.TryMatch(ref text, out match);
            case Secret:
                return SecretPattern.TryMatch(ref text, policy.SecretRules, out match);
            case Email:
                return EmailPattern.TryMatch(ref text, out match);
            case CreditCard:
                return CreditCardPattern.TryMatch(ref text, out match);
            case Iban:
                return IbanPattern.TryMatch(ref text, out match);
            case Ssn:
                return SsnPattern.TryMatch(ref text, out match);
            case Phone:
                return PhonePattern.TryMatch(ref text, out match);
            case IpAddress:
                var found = IpAddressPattern.TryMatch(ref text, out match, out var isPrivate);
                category = isPrivate ? OutputCategory.Internal : OutputCategory.IpAddress;
                return found;
            default:
                return InternalPattern.TryMatch(ref text, out match);
        }
    }
}
