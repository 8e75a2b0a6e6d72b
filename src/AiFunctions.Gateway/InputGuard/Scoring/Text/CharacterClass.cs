namespace AiFunctions.Gateway.InputGuard.Scoring.Text;

/// <summary>What a folded character is to the features.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Punctuation, symbols and the rest.</summary>
    Other,

    /// <summary>A digit.</summary>
    Digit,

    /// <summary>A letter of an alphabet.</summary>
    Letter,

    /// <summary>A letter that stands for a syllable or a word: Han, kana, Hangul.</summary>
    Syllable,
}
