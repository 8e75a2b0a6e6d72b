using System.Globalization;
using AiFunctions.Gateway.OutputFilter.Text;

namespace AiFunctions.Gateway.OutputFilter.Observers;

/// <summary>Terms of one to three words with what they speak for and how loudly, in tenths.</summary>
internal sealed class TermWeights
{
    /// <summary>Words in the longest term.</summary>
    public const int MostWords = 3;

    /// <summary>The terms in use. Names of things, no recipes.</summary>
    public static readonly TermWeights Default = new(
    [
        (Topic.Hazard, "pipe bomb 30, nail bomb 30, bomb 15, bombs 12, explosive 15, explosives 15, detonator 20, detonate 15, blasting cap 20, ammonium nitrate 15, fuel oil 10, tatp 30, acetone peroxide 30, petn 25, rdx 20, nitroglycerin 20, thermite 15, black powder 15, gunpowder 15, shrapnel 15, molotov 25, napalm 20, ied 20, ghost gun 20, silencer 12, tripwire 10"),
        (Topic.Hazard, "nerve agent 25, sarin 30, mustard gas 25, chlorine gas 15, ricin 30, castor beans 10, anthrax 20, botulinum 20, phosgene 20, hydrogen cyanide 20, weaponize 15, aerosolize 15, spores 10, mass casualties 20"),
        (Topic.Hazard, "methamphetamine 25, meth 20, pseudoephedrine 15, red phosphorus 15, fentanyl 20, mdma 20, lsd 15, crack cocaine 20, heroin 20, ergotamine 15, hydroiodic acid 15"),
        (Topic.Hazard, "kill yourself 30, end your life 30, hang yourself 30, noose 20, lethal dose 20, overdose 15, cut your wrists 30, painless death 25, suicide 15"),
        (Topic.Procedure, "step 7, first 3, then 4, next 4, finally 3, mix 8, add 6, stir 6, heat 7, pour 6, attach 6, fill 6, insert 6, drill 6, grams 8, ml 8, kg 6, minutes 5, degrees 6, dissolve 8, combine 6, ignite 8, seal 5, pack 5, wrap 5, solder 5, connect 5, assemble 6, you will need 10, you'll need 10, ingredients 7, materials 4, place 3, swallow 8, tie 5, crush 6, reflux 8, distill 8, extract 5, purify 6, grind 6, tighten 5, cool 3, collect 3, light the 5"),
        (Topic.Mitigation, "i can t 20, i cannot 20, can t help 30, cannot help 30, can t provide 30, cannot provide 30, won t 12, unable to 8, i m sorry 12, illegal 10, never 7, do not 7, don t 7, avoid 7, safety 7, dangerous 5, call 911 15, poison control 15, emergency 10, helpline 20, crisis 10, hotline 15, police 8, therapist 10, someone you trust 15, novel 7, fiction 7, chapter 5, history 7, historically 8, century 6, treaty 10, convention 8, symptoms 8, antidote 8, naloxone 12, treatment 6, investigators 10, arrested 10, sentenced 10, court 6, killed 6, reported 6, museum 8, prevent 8, prevention 8, protect 5, evacuate 10, first aid 10, ventilate 8, prohibited 8, regulated 6, patients 7, recipe 5, oven 6, flour 8, bath bomb 40, bath bombs 40, cherry bomb 12, photo bomb 20, logic bomb 15, fork bomb 15"),
        (Topic.Keylogger, "pynput 15, keyboard listener 12, on_press 8, getasynckeystate 20, setwindowshookex 15, wh_keyboard_ll 20, keylog 15, keylogger 15, keystrokes 8, smtplib 7, sendmail 6, log_keys 10"),
        (Topic.Ransomware, "ransom 10, ransomware 10, os walk 7, encrypt_file 10, encrypt_files 12, fernet 10, bitcoin 10, your files 10, wallet 6, vssadmin delete shadows 30, pay 5"),
        (Topic.ReverseShell, "dev tcp 25, bash i 15, nc e 20, dup2 10, bin sh 8, bin bash 5, pty spawn 15, socket socket 6, meterpreter 20, msfvenom 15, reverse_tcp 20"),
        (Topic.ProcessInjection, "virtualallocex 15, writeprocessmemory 15, createremotethread 15, ntunmapviewofsection 15, queueuserapc 12, shellcode 8"),
        (Topic.CredentialTheft, "mimikatz 12, sekurlsa 25, logonpasswords 20, lsass 10, minidumpwritedump 20, cryptunprotectdata 12, login data 8, cookies 4"),
        (Topic.DownloadCradle, "net webclient 10, downloadstring 15, iex 12, invoke expression 10, encodedcommand 12, frombase64string 8, executionpolicy bypass 8, windowstyle hidden 10, amsiutils 30, amsiinitfailed 30"),
        (Topic.Destruction, "no preserve root 30, rm rf 6, physicaldrive0 20, overwrite mbr 20, format c 10"),
    ]);

    private readonly Dictionary<uint, (Topic Topic, int Weight)> _terms = [];

    // A bit for every term's hash: nearly all words of an answer are turned away here.
    private readonly ulong[] _bloom = new ulong[1024];

    private TermWeights(IEnumerable<(Topic Topic, string Terms)> groups)
    {
        foreach (var (topic, terms) in groups)
        {
            foreach (var entry in terms.Split(", "))
            {
                var weightAt = entry.LastIndexOf(' ');
                var hash = 0u;
                foreach (var word in entry[..weightAt].Replace('\'', ' ').Split(' '))
                {
                    hash = Join(hash, (uint)StableHash.Of(word));
                }

                _terms.Add(hash, (topic, int.Parse(entry.AsSpan(weightAt + 1), CultureInfo.InvariantCulture)));
                _bloom[(hash >> 6) & 1023] |= 1UL << (int)(hash & 63);
            }
        }
    }

    /// <summary>The hash of a term that goes on by a word.</summary>
    public static uint Join(uint term, uint word) => (term * 0x9E3779B1) + word;

    /// <summary>Looks a term up by its hash.</summary>
    public bool TryFind(uint hash, out Topic topic, out int weight)
    {
        (topic, weight) = default((Topic, int));
        if ((_bloom[(hash >> 6) & 1023] & (1UL << (int)(hash & 63))) == 0 || !_terms.TryGetValue(hash, out var term))
        {
            return false;
        }

        (topic, weight) = term;
        return true;
    }
}
