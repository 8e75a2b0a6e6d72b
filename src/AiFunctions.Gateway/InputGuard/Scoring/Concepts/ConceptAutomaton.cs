using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AiFunctions.Gateway.InputGuard.Scoring.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring.Concepts;

/// <summary>
/// Finds all phrases of all concepts in one pass (Aho and Corasick, "Efficient string matching", 1975). Steps on Latin letters are
/// resolved beforehand; other letters are looked up and fall back along failure links, which is linear over the whole text.
/// </summary>
internal sealed class ConceptAutomaton
{
    private const int Latin = 26;
    private const int LongestPhrase = 256;

    // States fit in sixteen bits, which halves the table that every letter looks into.
    private const int Room = 1 << 16;

    private readonly ushort[] _latinSteps;
    private readonly int[] _failures;
    private readonly ulong[] _found;
    private readonly Dictionary<uint, ushort> _otherSteps;

    // Of each letter that is not Latin, whether any phrase has it: most have none, and need no look into the dictionary.
    private readonly bool[] _isInPhrase = new bool[char.MaxValue + 1];

    private ConceptAutomaton(ushort[] steps, Dictionary<uint, ushort> otherSteps, ulong[] found)
    {
        (_latinSteps, _otherSteps, _found) = (steps, otherSteps, found);
        _failures = new int[found.Length];
        foreach (var key in otherSteps.Keys)
        {
            _isInPhrase[(char)key] = true;
        }

        Resolve();
    }

    /// <summary>The automaton for <c>Concepts.txt</c>.</summary>
    public static ConceptAutomaton Instance { get; } = Build(Resources.ReadTable("Concepts.txt"));

    /// <summary>Where to start.</summary>
    public static int Start => 0;

    /// <summary>The state after one more letter.</summary>
    public int Step(int state, char letter)
    {
        var latin = (uint)(letter - 'a');
        return latin < Latin ? _latinSteps[(state * Latin) + (int)latin] : StepOther(state, letter);
    }

    /// <summary>Which concepts have a phrase that ends in this state: bit n for concept n.</summary>
    public ulong Found(int state) => _found[state];

    // A cold start waits for this and runs it once: it is compiled well at once, and makes no string for a phrase.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ConceptAutomaton Build(IEnumerable<(string Key, string Value)> table)
    {
        var steps = new ushort[Room * Latin];
        var found = new ulong[Room];
        Dictionary<uint, ushort> otherSteps = new(Room / 2);
        var count = 1;
        var folded = new char[LongestPhrase];
        foreach (var (name, phrases) in table)
        {
            var concept = Enum.Parse<Concept>(name);
            foreach (var range in phrases.AsSpan().Split(','))
            {
                var reader = new CanonicalReader(phrases.AsSpan(range), []);
                var length = reader.Read(folded);
                var state = 0;
                for (var i = 0; i < length; i++)
                {
                    if (UnicodeFolding.Instance.Classify(folded[i]) < CharacterClass.Letter)
                    {
                        continue;
                    }

                    var letter = folded[i] is >= 'A' and <= 'Z' ? (char)(folded[i] | 0x20) : folded[i];
                    var latin = (uint)(letter - 'a');
                    ref var next = ref latin < Latin
                        ? ref steps[(state * Latin) + (int)latin]
                        : ref CollectionsMarshal.GetValueRefOrAddDefault(otherSteps, Key(state, letter), out _);
                    next = next == 0 ? checked((ushort)count++) : next;
                    state = next;
                }

                found[state] |= state == 0 ? 0 : 1UL << (int)concept;
            }
        }

        return new ConceptAutomaton(steps[..(count * Latin)], otherSteps, found[..count]);
    }

    private static uint Key(int state, char letter) => ((uint)state << 16) | letter;

    private int StepOther(int state, char letter)
    {
        while (_isInPhrase[letter])
        {
            if (_otherSteps.TryGetValue(Key(state, letter), out var next))
            {
                return next;
            }

            if (state == 0)
            {
                return 0;
            }

            state = _failures[state];
        }

        return 0;
    }

    // Breadth first, so that a state's failure is resolved before it. Steps on Latin letters are resolved in place.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Resolve()
    {
        // Steps on other letters as a list for each state.
        var first = new int[_found.Length];
        var sibling = new int[_found.Length];
        var letters = new char[_found.Length];
        foreach (var (key, next) in _otherSteps)
        {
            var state = (int)(key >> 16);
            (letters[next], sibling[next], first[state]) = ((char)key, first[state], next);
        }

        var queue = new int[_found.Length];
        var queued = 1;
        for (var at = 0; at < queued; at++)
        {
            var state = queue[at];
            var failure = _failures[state];
            _found[state] |= state == 0 ? 0 : _found[failure];
            var steps = _latinSteps.AsSpan(state * Latin, Latin);
            var fallbacks = _latinSteps.AsSpan(failure * Latin, Latin);
            for (var letter = 0; letter < Latin; letter++)
            {
                var fallback = state == 0 ? (ushort)0 : fallbacks[letter];
                if (steps[letter] != 0)
                {
                    _failures[steps[letter]] = fallback;
                    queue[queued++] = steps[letter];
                }
                else
                {
                    steps[letter] = fallback;
                }
            }

            for (var next = first[state]; next != 0; next = sibling[next])
            {
                _failures[next] = state == 0 ? 0 : StepOther(failure, letters[next]);
                queue[queued++] = next;
            }
        }
    }
}
