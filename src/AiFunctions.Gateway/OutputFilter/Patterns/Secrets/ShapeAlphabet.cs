using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>The characters that a part of a secret is made of; one letter names them in a rule.</summary>
internal sealed class ShapeAlphabet
{
    private const string Digits = "0123456789";
    private const string Small = "abcdefghijklmnopqrstuvwxyz";
    private const string Capital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Alphanumeric = Digits + Capital + Small;

    private readonly SearchValues<char> _values;

    private ShapeAlphabet(char letter, string meaning, string characters)
    {
        Letter = letter;
        Meaning = meaning;
        Characters = characters;
        _values = SearchValues.Create(characters);
    }

    /// <summary>All there are.</summary>
    public static IReadOnlyList<ShapeAlphabet> All { get; } =
    [
        new('d', "digits", Digits),
        new('h', "small hexadecimal digits", Digits + "abcdef"),
        new('H', "hexadecimal digits", Digits + "abcdefABCDEF"),
        new('z', "small letters", Small),
        new('L', "letters", Capital + Small),
        new('l', "small letters and digits", Digits + Small),
        new('u', "capitals and digits", Digits + Capital),
        new('a', "letters and digits", Alphanumeric),
        new('v', "small base32", "234567" + Small),
        new('V', "base32", "234567" + Capital),
        new('s', "letters, digits and `_`", Alphanumeric + "_"),
        new('w', "letters, digits, `_` and `-`", Alphanumeric + "_-"),
        new('b', "base64", Alphanumeric + "+/"),
        new('x', "both alphabets of base64", Alphanumeric + "+/_-"),
        new('e', "letters, digits and `_-.~`", Alphanumeric + "_-.~"),
        new('t', "letters, digits and `_-.+/=~%`", Alphanumeric + "_-.+/=~%"),
        new('=', "the padding of base64", "="),
    ];

    /// <summary>Its name in rules.</summary>
    public char Letter { get; }

    /// <summary>What it has, for people.</summary>
    public string Meaning { get; }

    /// <summary>The characters.</summary>
    public string Characters { get; }

    /// <summary>The characters, to be searched for.</summary>
    public SearchValues<char> Values => _values;

    /// <summary>Whether letters of one case only belong to it, so that one of the other case ends it.</summary>
    public bool IsOfOneCase => Letter is 'u' or 'V';

    /// <summary>Finds one by its letter.</summary>
    public static bool TryGet(char letter, [NotNullWhen(true)] out ShapeAlphabet? alphabet)
    {
        alphabet = All.FirstOrDefault(each => each.Letter == letter);
        return alphabet is not null;
    }

    public bool Contains(char c) => _values.Contains(c);
}
