namespace AiFunctions.Gateway.OutputFilter.Text;

/// <summary>What a pattern has found at a place.</summary>
/// <param name="Length">Canonical characters up to the match's end.</param>
/// <param name="Kept">How many of the first of them are no part of it, such as the name of a setting before its value.</param>
/// <param name="Tail">What belongs to it beyond its length.</param>
internal readonly record struct PatternMatch(int Length, int Kept = 0, MatchTail Tail = MatchTail.None);
