// SPDX-License-Identifier: GPL-2.0
/*
 * A sample user of bucketmap: counts the IPv4 packets that arrive, by their
 * source address, in the map "packets", for "bucketmap top packets" to show.
 *
 * Keys are addresses as text, for people to read. Anybody can send packets from
 * any address, so there is a limit to how many the map holds. A packet whose
 * address finds no place, be it for that limit or for want of memory, is
 * counted as one of the "others".
 *
 * Root may have made the map before, with a mode or a limit of its own: then the
 * sample counts to that one, and leaves it when it goes. A map of that name that
 * somebody else has made is not used: its owner could write what it likes to it.
 *
 * Packets of the initial network namespace only. No locks: adding is atomic.
 */
#include <linux/ip.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/net_namespace.h>

#include "bucketmap.h"

#define MAP_NAME	"packets"
#define MAP_MODE	0644	/* everybody may look, root alone may change */

/* A key: "255.255.255.255" at most, completed by zeroes. */
struct source {
	char text[16];
};

static const struct source others = { "others" };

static unsigned int max_sources = 65536;
module_param(max_sources, uint, 0444);
MODULE_PARM_DESC(max_sources, "Addresses to count the packets of, the others together");

static struct bucketmap_attachment packets;
static bool made_map;

static int count(const struct source *source, gfp_t gfp)
{
	return bucketmap_add(packets.map, source, 0, 1, NULL, gfp);
}

/* In softirq context, where nothing may sleep. */
static unsigned int count_packet(void *unused, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct source source = {};

	snprintf(source.text, sizeof(source.text), "%pI4", &ip_hdr(skb)->saddr);
	if (count(&source, GFP_ATOMIC))
		count(&others, GFP_ATOMIC);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hook = {
	.hook		= count_packet,
	.pf		= NFPROTO_IPV4,
	.hooknum	= NF_INET_PRE_ROUTING,
	.priority	= NF_IP_PRI_FIRST,
};

static int __init attach_prepared_map(void)
{
	const kuid_t root = GLOBAL_ROOT_UID;
	int err = bucketmap_attach(&packets, MAP_NAME, &root);

	if (err)
		return err;
	if (packets.key_size == sizeof(struct source) &&
	    packets.value_size == sizeof(u64))
		return 0;
	bucketmap_detach(&packets);
	return -EINVAL;
}

static int __init get_map(void)
{
	const struct bucketmap_config config = {
		.key_size	= sizeof(struct source),
		.value_size	= sizeof(u64),
		.key_format	= BUCKETMAP_FORMAT_TEXT,
		.value_format	= BUCKETMAP_FORMAT_DECIMAL,
		.max_entries	= (u64)max_sources + 1,
	};
	int err = bucketmap_create_named(&packets, MAP_NAME, MAP_MODE, &config);

	made_map = !err;
	return err == -EEXIST ? attach_prepared_map() : err;
}

/* Without its name, the map goes when the last process has closed it. */
static void give_up_map(void)
{
	if (made_map)
		bucketmap_unlink(&packets);
	bucketmap_detach(&packets);
}

static int __init packets_init(void)
{
	int err = get_map();

	if (err)
		return err;
	/* Adding to an entry that exists takes no memory, so cannot fail. */
	err = bucketmap_add(packets.map, &others, 0, 0, NULL, GFP_KERNEL);
	if (err)
		goto err_map;
	err = nf_register_net_hook(&init_net, &hook);
	if (err)
		goto err_map;
	return 0;

err_map:
	give_up_map();
	return err;
}

static void __exit packets_exit(void)
{
	nf_unregister_net_hook(&init_net, &hook);
	/* Some CPU may still be in it. */
	synchronize_net();
	give_up_map();
}

module_init(packets_init);
module_exit(packets_exit);

MODULE_DESCRIPTION("Sample user of bucketmap: packets by source address");
MODULE_LICENSE("GPL");
