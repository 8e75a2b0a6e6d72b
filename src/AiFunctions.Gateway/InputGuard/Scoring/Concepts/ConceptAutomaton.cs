using System.Text;
using AiFunctions.Gateway.InputGuard.Scoring.Text;

namespace AiFunctions.Gateway.InputGuard.Scoring.Concepts;

/// <summary>
/// Finds all phrases of all concepts in one pass (Aho and Corasick, "Efficient string matching", 1975). Steps on Latin letters are
/// resolved beforehand; other letters are looked up and fall back along failure links, which is linear over the whole text.
/// </summary>
internal sealed class ConceptAutomaton
{
    private const int Latin = 26;

    private readonly int[] _latinSteps;
    private readonly int[] _failures;
    private readonly ulong[] _found;
    private readonly Dictionary<uint, int> _otherSteps;

    private ConceptAutomaton(List<int[]> steps, Dictionary<uint, int> otherSteps, List<ulong> found)
    {
        _otherSteps = otherSteps;
        _found = [.. found];
        _failures = new int[steps.Count];
        _latinSteps = new int[steps.Count * Latin];
        Resolve(steps);
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

    private static ConceptAutomaton Build(IEnumerable<(string Key, string Value)> table)
    {
        List<int[]> steps = [NewNode()];
        List<ulong> found = [0];
        Dictionary<uint, int> otherSteps = [];
        foreach (var (name, phrases) in table)
        {
            var concept = Enum.Parse<Concept>(name);
            foreach (var phrase in phrases.Split(','))
            {
                var state = 0;
                foreach (var letter in LettersOf(phrase))
                {
                    state = Child(state, letter);
                }

                found[state] |= state == 0 ? 0 : 1UL << (int)concept;
            }
        }

        return new ConceptAutomaton(steps, otherSteps, found);

        int Child(int state, char letter)
        {
            ref var latin = ref steps[state][letter is >= 'a' and <= 'z' ? letter - 'a' : Latin];
            var other = letter is < 'a' or > 'z';
            var known = other ? otherSteps.GetValueOrDefault(Key(state, letter)) : latin;
            if (known != 0)
            {
                return known;
            }

            steps.Add(NewNode());
            found.Add(0);
            if (other)
            {
                otherSteps.Add(Key(state, letter), steps.Count - 1);
            }
            else
            {
                latin = steps.Count - 1;
            }

            return steps.Count - 1;
        }
    }

    private static int[] NewNode() => new int[Latin + 1];

    private static uint Key(int state, char letter) => ((uint)state << 16) | letter;

    private static string LettersOf(string phrase)
    {
        Span<char> folded = stackalloc char[256];
        var reader = new CanonicalReader(phrase, []);
        var length = reader.Read(folded);
        var letters = new StringBuilder(length);
        foreach (var c in folded[..length])
        {
            if (UnicodeFolding.Instance.Classify(c) >= CharacterClass.Letter)
            {
                letters.Append(char.ToLowerInvariant(c));
            }
        }

        return letters.ToString();
    }

    private int StepOther(int state, char letter)
    {
        while (true)
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
    }

    private void Resolve(List<int[]> steps)
    {
        var others = new List<(char Letter, int Next)>[steps.Count];
        foreach (var (key, next) in _otherSteps)
        {
            (others[key >> 16] ??= []).Add(((char)key, next));
        }

        var queue = new Queue<int>([0]);
        while (queue.TryDequeue(out var state))
        {
            _found[state] |= state == 0 ? 0 : _found[_failures[state]];
            for (var letter = 0; letter < Latin; letter++)
            {
                var child = steps[state][letter];
                var fallback = state == 0 ? 0 : _latinSteps[(_failures[state] * Latin) + letter];
                _latinSteps[(state * Latin) + letter] = child != 0 ? child : fallback;
                if (child != 0)
                {
                    _failures[child] = fallback;
                    queue.Enqueue(child);
                }
            }

            foreach (var (letter, next) in others[state] ?? [])
            {
                _failures[next] = state == 0 ? 0 : StepOther(_failures[state], letter);
                queue.Enqueue(next);
            }
        }
    }
}
