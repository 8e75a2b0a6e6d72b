using System.Numerics;
using System.Runtime.CompilerServices;
using AiFunctions.Gateway.InputGuard.Scoring.Concepts;

namespace AiFunctions.Gateway.InputGuard.Scoring.Features;

/// <summary>The features of concepts: each by itself, and in what order and how far from each other they come.</summary>
internal struct ConceptFeatures
{
    private const uint ConceptSeed = 0x6C8E9CF5;
    private const uint PairSeed = 0x1B873593;
    private const uint TripleSeed = 0x7FEB352D;

    // What the weights of concepts are multiplied by: those of attacks, and those of any text.
    private const int TellingFactor = 8;
    private const int CommonFactor = 2;
    private const int FirstCommon = (int)Concept.Condition;

    private const int SameConceptGap = 4;
    private const int FarthestConcept = 72;

    private LastEnds _lastEnds;
    private (int Concept, int End) _first, _second, _third, _fourth;
    private (int Concept, int End) _common1, _common2, _common3;

    /// <summary>None so far.</summary>
    public ConceptFeatures()
    {
        ((Span<int>)_lastEnds).Fill(-FarthestConcept);
        _first = _second = _third = _fourth = _common1 = _common2 = _common3 = (0, -FarthestConcept);
    }

    /// <summary>Adds the concepts whose phrases end at a letter.</summary>
    /// <param name="end">The index of the letter; not before that of the last call.</param>
    /// <param name="found">Bit n for concept n.</param>
    /// <param name="sink">Takes the features.</param>
    public void Add<TSink>(int end, ulong found, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        sink.AddConcepts(end, found);
        for (; found != 0; found &= found - 1)
        {
            var concept = BitOperations.TrailingZeroCount(found);
            var isSame = end - _lastEnds[concept] < SameConceptGap;
            _lastEnds[concept] = end;
            if (isSame)
            {
                continue;
            }

            // Common ones are many: they must not push those that tell of attacks out of the memory.
            var factor = concept < FirstCommon ? TellingFactor : CommonFactor;
            sink.AddStrong(end, FeatureExtractor.Bucket(ConceptSeed + (uint)concept), factor);
            Pair(_common3, concept, end, CommonFactor, ref sink);
            Pair(_common2, concept, end, CommonFactor, ref sink);
            Pair(_common1, concept, end, CommonFactor, ref sink);
            Pair(_third, concept, end, factor, ref sink);
            Pair(_second, concept, end, factor, ref sink);
            Pair(_first, concept, end, factor, ref sink);
            if (concept >= FirstCommon)
            {
                (_common3, _common2, _common1) = (_common2, _common1, (concept, end));
                continue;
            }

            Pair(_fourth, concept, end, factor, ref sink);
            Triple(_first, _second, concept, end, ref sink);
            Triple(_first, _third, concept, end, ref sink);
            Triple(_second, _third, concept, end, ref sink);
            (_fourth, _third, _second, _first) = (_third, _second, _first, (concept, end));
        }
    }

    private static void Pair<TSink>((int Concept, int End) before, int concept, int end, int factor, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        var gap = end - before.End;
        if (gap < FarthestConcept)
        {
            var pair = PairSeed + ((uint)before.Concept << 8) + (uint)concept;
            sink.AddStrong(end, FeatureExtractor.Bucket(pair), factor);
            sink.AddStrong(end, FeatureExtractor.Bucket(pair + (gap < 16 ? 0x10000u : gap < 36 ? 0x20000u : 0x30000u)), factor);
        }
    }

    private static void Triple<TSink>((int Concept, int End) later, (int Concept, int End) earlier, int concept, int end, ref TSink sink)
        where TSink : IFeatureSink, allows ref struct
    {
        if (end - earlier.End < FarthestConcept)
        {
            sink.AddStrong(end, FeatureExtractor.Bucket(TripleSeed + ((uint)earlier.Concept << 16) + ((uint)later.Concept << 8) + (uint)concept), TellingFactor);
        }
    }

    /// <summary>Where each concept was found last.</summary>
    [InlineArray(64)]
    private struct LastEnds
    {
        private int _first;
    }
}
